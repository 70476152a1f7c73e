#ifndef TT_DIALECT_IR_ELEMENTWISEOPS_TD
#define TT_DIALECT_IR_ELEMENTWISEOPS_TD

include "tt/Dialect/IR/TTOpBase.td"

class TT_ElementwiseOp<string mnemonic, list<Trait> traits = []> : TT_GraphOp<mnemonic, !listconcat([TT_Elementwise], traits)>;

// The element type that the examples of a family of ops show.
class TT_ExampleElement<Type type> {
  string name = !cond(!eq(type, TT_BoolTensor) : "i1", !eq(type, TT_IntTensor) : "i32", true : "f32");
}

//===-- One operand -------------------------------------------------------------------------------------------------===//

class TT_UnaryOp<string mnemonic, Type type, string text, string formula, list<Trait> traits = []>
    : TT_ElementwiseOp<mnemonic, traits> {
  let summary = text;
  let description = "Elementwise: `" # formula # "`. The result has the type of the operand. Example:\n\n"
    # "```mlir\n%y = tt." # mnemonic # " %x : tensor<2x?x" # TT_ExampleElement<type>.name # ">\n```\n";
  let arguments = (ins type:$input);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` custom<SameType>(type($input), type($result))";
  let hasFolder = 1;
  let extraClassDefinition = compatibleDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, ::std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::tt::detail::inferUnary(getOperationName(), loc, adaptor.getOperands(), types);
    }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::tt::detail::foldElementwise(getOperation(), adaptor.getOperands());
    }
  }];
}

def TT_AbsOp : TT_UnaryOp<"abs", TT_NumberTensor, "Absolute value", "|x|">;
def TT_NegOp : TT_UnaryOp<"neg", TT_NumberTensor, "Negation", "-x">;
def TT_SignOp : TT_UnaryOp<"sign", TT_NumberTensor, "Sign", "-1, 0 or 1; NaN stays NaN">;
def TT_FloorOp : TT_UnaryOp<"floor", TT_FloatTensor, "Round down", "floor(x)">;
def TT_CeilOp : TT_UnaryOp<"ceil", TT_FloatTensor, "Round up", "ceil(x)">;
def TT_RoundOp : TT_UnaryOp<"round", TT_FloatTensor, "Round to nearest, ties to even", "rint(x)">;
def TT_ExpOp : TT_UnaryOp<"exp", TT_FloatTensor, "Exponential", "e^x">;
def TT_LogOp : TT_UnaryOp<"log", TT_FloatTensor, "Natural logarithm", "ln(x)">;
def TT_SqrtOp : TT_UnaryOp<"sqrt", TT_FloatTensor, "Square root", "sqrt(x)">;
def TT_ReciprocalOp : TT_UnaryOp<"reciprocal", TT_FloatTensor, "Reciprocal", "1 / x">;
def TT_SinOp : TT_UnaryOp<"sin", TT_FloatTensor, "Sine", "sin(x), x in radians">;
def TT_CosOp : TT_UnaryOp<"cos", TT_FloatTensor, "Cosine", "cos(x), x in radians">;
def TT_TanOp : TT_UnaryOp<"tan", TT_FloatTensor, "Tangent", "tan(x), x in radians">;
def TT_AsinOp : TT_UnaryOp<"asin", TT_FloatTensor, "Arc sine", "asin(x)">;
def TT_AcosOp : TT_UnaryOp<"acos", TT_FloatTensor, "Arc cosine", "acos(x)">;
def TT_AtanOp : TT_UnaryOp<"atan", TT_FloatTensor, "Arc tangent", "atan(x)">;
def TT_SinhOp : TT_UnaryOp<"sinh", TT_FloatTensor, "Hyperbolic sine", "sinh(x)">;
def TT_CoshOp : TT_UnaryOp<"cosh", TT_FloatTensor, "Hyperbolic cosine", "cosh(x)">;
def TT_AsinhOp : TT_UnaryOp<"asinh", TT_FloatTensor, "Inverse hyperbolic sine", "asinh(x)">;
def TT_AcoshOp : TT_UnaryOp<"acosh", TT_FloatTensor, "Inverse hyperbolic cosine", "acosh(x)">;
def TT_AtanhOp : TT_UnaryOp<"atanh", TT_FloatTensor, "Inverse hyperbolic tangent", "atanh(x)">;
def TT_TanhOp : TT_UnaryOp<"tanh", TT_FloatTensor, "Hyperbolic tangent", "tanh(x)">;
def TT_ErfOp : TT_UnaryOp<"erf", TT_NumberTensor, "Gauss error function", "erf(x)">;
def TT_SigmoidOp : TT_UnaryOp<"sigmoid", TT_FloatTensor, "Logistic function", "1 / (1 + e^-x)">;
def TT_SoftplusOp : TT_UnaryOp<"softplus", TT_FloatTensor, "Softplus", "ln(1 + e^x), without overflow for large x">;
def TT_ReluOp : TT_UnaryOp<"relu", TT_NumberTensor, "Rectified linear unit", "max(x, 0); NaN stays NaN">;
def TT_SiluOp : TT_UnaryOp<"silu", TT_FloatTensor, "Sigmoid linear unit (swish)", "x / (1 + e^-x)">;
def TT_NotOp : TT_UnaryOp<"not", TT_BoolTensor, "Logical negation", "!x">;
def TT_BitwiseNotOp : TT_UnaryOp<"bitwise_not", TT_IntTensor, "Bitwise complement", "~x">;

class TT_UnaryAttrOp<string mnemonic, Type type, dag attributes, string text, string formula, string attrs>
    : TT_UnaryOp<mnemonic, type, text, formula> {
  let arguments = !con((ins type:$input), attributes);
  let description = "Elementwise: `" # formula # "`. The result has the type of the operand. Example:\n\n"
    # "```mlir\n%y = tt." # mnemonic # " %x " # attrs # " : tensor<2x?xf32>\n```\n";
}

def TT_GeluOp : TT_UnaryAttrOp<"gelu", TT_FloatTensor, (ins TT_GeluKindAttr:$kind),
    "Gaussian error linear unit", "erf form: 0.5 x (1 + erf(x / sqrt 2)); tanh form: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))",
    "{kind = #tt<gelu_kind erf>}">;
def TT_LeakyReluOp : TT_UnaryAttrOp<"leaky_relu", TT_FloatTensor, (ins F32Attr:$alpha),
    "Leaky rectified linear unit", "x < 0 ? alpha x : x", "{alpha = 0.01 : f32}">;
def TT_EluOp : TT_UnaryAttrOp<"elu", TT_FloatTensor, (ins F32Attr:$alpha),
    "Exponential linear unit", "x < 0 ? alpha (e^x - 1) : x", "{alpha = 1.0 : f32}">;
def TT_HardSigmoidOp : TT_UnaryAttrOp<"hard_sigmoid", TT_FloatTensor, (ins F32Attr:$alpha, F32Attr:$beta),
    "Piecewise linear sigmoid", "max(0, min(1, alpha x + beta))", "{alpha = 0.2 : f32, beta = 0.5 : f32}">;

class TT_TestOp<string mnemonic, dag attributes, string text, string formula> : TT_ElementwiseOp<mnemonic> {
  let summary = text;
  let description = "Elementwise: `" # formula # "`. The result is a tensor of i1 of the operand's shape. Example:\n\n"
    # "```mlir\n%y = tt." # mnemonic # " %x : tensor<2xf32> -> tensor<2xi1>\n```\n";
  let arguments = !con((ins TT_FloatTensor:$input), attributes);
  let results = (outs TT_BoolTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}
def TT_IsNaNOp : TT_TestOp<"is_nan", (ins), "Test for NaN", "x != x">;
def TT_IsInfOp : TT_TestOp<"is_inf", (ins DefaultValuedAttr<BoolAttr, "true">:$positive,
    DefaultValuedAttr<BoolAttr, "true">:$negative), "Test for infinity",
    "x is +inf (where `positive`) or -inf (where `negative`)">;

def TT_CastOp : TT_ElementwiseOp<"cast"> {
  let summary = "Convert the element type";
  let description = [{
    Elementwise conversion with ONNX semantics: float to integer truncates toward zero, anything to i1 is `x != 0`, i1 to a
    number is 0 or 1, float to a narrower float rounds to nearest even. Example:
    ```mlir
    %y = tt.cast %x to i64 : tensor<2x?xf32> -> tensor<2x?xi64>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TypeAttr:$to);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `to` $to attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def TT_BitcastOp : TT_ElementwiseOp<"bitcast"> {
  let summary = "See the bits as another element type";
  let description = [{
    Every element keeps its bits. Constraints: (C1) both element types have the same width, and neither is i1.
    ```mlir
    %y = tt.bitcast %x to i32 : tensor<2x?xf32> -> tensor<2x?xi32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, TypeAttr:$to);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$input `to` $to attr-dict `:` type($input) `->` type($result)";
}

def TT_ClipOp : TT_ElementwiseOp<"clip", [AttrSizedOperandSegments]> {
  let summary = "Limit elements to an interval";
  let description = [{
    `min(max(x, low), high)`; a missing bound does not limit. Constraints: (C1) the bounds have rank 0 and the operand's element type.
    ```mlir
    %y = tt.clip %x low(%l : tensor<f32>) high(%h : tensor<f32>) : tensor<4x?xf32> -> tensor<4x?xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, Optional<TT_NumberTensor>:$low, Optional<TT_NumberTensor>:$high);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = [{
    $input (`low` `(` $low^ `:` type($low) `)`)? (`high` `(` $high^ `:` type($high) `)`)? attr-dict
    `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

//===-- Two operands ------------------------------------------------------------------------------------------------===//

class TT_BinaryOp<string mnemonic, Type type, string text, string formula, list<Trait> traits = [], string infer = "inferBroadcast">
    : TT_ElementwiseOp<mnemonic, traits> {
  let summary = text;
  let description = "Elementwise with NumPy broadcasting: `" # formula # "`. Constraints: (C1) both operands have the same element type, "
    # "(C2) their shapes broadcast. Example:\n\n"
    # "```mlir\n%z = tt." # mnemonic # " %x, %y : tensor<2x?x" # TT_ExampleElement<type>.name # ">, tensor<1x"
    # TT_ExampleElement<type>.name # "> -> tensor<2x?x"
    # !if(!eq(infer, "inferCompare"), "i1", TT_ExampleElement<type>.name) # ">\n```\n";
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasFolder = 1;
  let extraClassDefinition = compatibleDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, ::std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::tt::detail::}] # infer # [{(getOperationName(), loc, adaptor.getOperands(), types);
    }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::tt::detail::foldElementwise(getOperation(), adaptor.getOperands());
    }
  }];
}
class TT_CompareOp<string mnemonic, Type type, string text, string formula>
    : TT_BinaryOp<mnemonic, type, text, formula, [], "inferCompare">;

def TT_AddOp : TT_BinaryOp<"add", TT_NumberTensor, "Sum", "x + y", [Commutative]>;
def TT_SubOp : TT_BinaryOp<"sub", TT_NumberTensor, "Difference", "x - y">;
def TT_MulOp : TT_BinaryOp<"mul", TT_NumberTensor, "Product", "x * y", [Commutative]>;
def TT_DivOp : TT_BinaryOp<"div", TT_NumberTensor, "Quotient", "x / y; integers truncate toward zero">;
def TT_PowOp : TT_ElementwiseOp<"pow"> {
  let summary = "Power";
  let description = [{
    Elementwise with NumPy broadcasting: `x ^ y`, computed in and returned as the element type of `x`; `y` may have another
    numeric element type. Example:
    ```mlir
    %z = tt.pow %x, %y : tensor<2x?xf32>, tensor<i64> -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$lhs, TT_NumberTensor:$rhs);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasFolder = 1;
}
def TT_ModOp : TT_BinaryOp<"mod", TT_NumberTensor, "Remainder with the sign of the divisor", "x - floor(x / y) * y">;
def TT_FmodOp : TT_BinaryOp<"fmod", TT_NumberTensor, "Remainder with the sign of the dividend", "C's fmod(x, y)">;
def TT_MinOp : TT_BinaryOp<"min", TT_NumberTensor, "Minimum", "x < y ? x : y; NaN wins", [Commutative]>;
def TT_MaxOp : TT_BinaryOp<"max", TT_NumberTensor, "Maximum", "x > y ? x : y; NaN wins", [Commutative]>;
def TT_PReluOp : TT_BinaryOp<"prelu", TT_NumberTensor, "Rectified linear unit with given slopes", "x < 0 ? x * y : x">;
def TT_AndOp : TT_BinaryOp<"and", TT_BoolTensor, "Logical and", "x && y", [Commutative]>;
def TT_OrOp : TT_BinaryOp<"or", TT_BoolTensor, "Logical or", "x || y", [Commutative]>;
def TT_XorOp : TT_BinaryOp<"xor", TT_BoolTensor, "Logical exclusive or", "x != y", [Commutative]>;
def TT_BitwiseAndOp : TT_BinaryOp<"bitwise_and", TT_IntTensor, "Bitwise and", "x & y", [Commutative]>;
def TT_BitwiseOrOp : TT_BinaryOp<"bitwise_or", TT_IntTensor, "Bitwise or", "x | y", [Commutative]>;
def TT_BitwiseXorOp : TT_BinaryOp<"bitwise_xor", TT_IntTensor, "Bitwise exclusive or", "x ^ y", [Commutative]>;
def TT_ShiftLeftOp : TT_BinaryOp<"shift_left", TT_IntTensor, "Shift to the left", "x << y">;
def TT_ShiftRightOp : TT_BinaryOp<"shift_right", TT_IntTensor, "Shift to the right", "x >> y, logical for unsigned types">;
def TT_EqualOp : TT_CompareOp<"equal", TT_Tensor, "Test for equality", "x == y">;
def TT_LessOp : TT_CompareOp<"less", TT_NumberTensor, "Test for less", "x < y">;
def TT_LessEqualOp : TT_CompareOp<"less_equal", TT_NumberTensor, "Test for less or equal", "x <= y">;

def TT_WhereOp : TT_ElementwiseOp<"where"> {
  let summary = "Choose between two tensors";
  let description = [{
    `condition ? x : y`, elementwise with NumPy broadcasting of all three. Constraints: (C1) `x` and `y` have the same element type,
    (C2) the shapes broadcast.
    ```mlir
    %r = tt.where %c, %x, %y : tensor<4x1xi1>, tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins TT_BoolTensor:$condition, TT_Tensor:$lhs, TT_Tensor:$rhs);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs) `->` type($result)";
  let hasFolder = 1;
}

//===-- Affine quantization -----------------------------------------------------------------------------------------===//

// Neither has a folder: a weight stays visible as integers until `tt-fold-constants`.
def TT_QuantizeOp : TT_ElementwiseOp<"quantize"> {
  let summary = "Real numbers to affine integers";
  let description = [{
    `clamp(rint(x / scale) + zero_point)`, elementwise with NumPy broadcasting of all three. `rint` rounds half to even, the result
    saturates at the limits of `zero_point`'s element type, NaN gives `zero_point`. Constraints: (C1) `zero_point` has 8 or 16 bits,
    (C2) `x` and `scale` have the same element type, (C3) the shapes broadcast.
    ```mlir
    %q = tt.quantize %x, %s, %z : tensor<1x8x?xf32>, tensor<f32>, tensor<ui8> -> tensor<1x8x?xui8>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$input, TT_FloatTensor:$scale, TT_IntTensor:$zero_point);
  let results = (outs TT_IntTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $zero_point attr-dict `:` type($input) `,` type($scale) `,` type($zero_point) `->` type($result)";
}

def TT_DequantizeOp : TT_ElementwiseOp<"dequantize"> {
  let summary = "Affine integers to real numbers";
  let description = [{
    `float(q - zero_point) * scale`, elementwise with NumPy broadcasting of all three; the difference is taken in 32 bits. Constraints:
    (C1) `q` and `zero_point` have the same element type, of 8, 16 or 32 bits, (C2) the shapes broadcast.
    ```mlir
    %x = tt.dequantize %q, %s, %z : tensor<8x4xi8>, tensor<8x1xf32>, tensor<8x1xi8> -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins TT_IntTensor:$input, TT_FloatTensor:$scale, TT_IntTensor:$zero_point);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $zero_point attr-dict `:` type($input) `,` type($scale) `,` type($zero_point) `->` type($result)";
}

#endif
