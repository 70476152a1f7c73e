"""Writes a model with a loop (5 times: state = relu(state x w)) and a branch on the sum of the result, and its input: make_loop_model.py FOLDER."""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(sys.argv[1])
info = helper.make_tensor_value_info
weights = numpy_helper.from_array(numpy.random.default_rng(7).random((16, 16), "f") / 8, "w")
body = helper.make_graph(
    [helper.make_node("MatMul", ["state", "w"], ["product"], name="inside/matmul"), helper.make_node("Relu", ["product"], ["next"], name="inside/relu"),
     helper.make_node("Identity", ["going"], ["go_on"], name="inside/identity")],
    "body", [info("i", TensorProto.INT64, []), info("going", TensorProto.BOOL, []), info("state", TensorProto.FLOAT, [4, 16])],
    [info("go_on", TensorProto.BOOL, []), info("next", TensorProto.FLOAT, [4, 16])])


def branch(operator):
    node = helper.make_node(operator, ["last"], [operator], name=f"branch/{operator}")
    return helper.make_graph([node], operator, [], [info(operator, TensorProto.FLOAT, [4, 16])])


graph = helper.make_graph(
    [helper.make_node("Loop", ["trips", "true", "x"], ["last"], name="loop", body=body),
     helper.make_node("ReduceSum", ["last"], ["sum"], name="sum", keepdims=0), helper.make_node("Greater", ["sum", "zero"], ["positive"], name="greater"),
     helper.make_node("If", ["positive"], ["y"], name="if", then_branch=branch("Exp"), else_branch=branch("Neg"))],
    "loops", [info("x", TensorProto.FLOAT, [4, 16])], [info("y", TensorProto.FLOAT, [4, 16])],
    [weights, numpy_helper.from_array(numpy.array(5), "trips"), numpy_helper.from_array(numpy.array(True), "true"),
     numpy_helper.from_array(numpy.array(0, "f"), "zero")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), folder / "model.onnx")
numpy.save(folder / "x.npy", numpy.ones((4, 16), "f"))
