#ifndef TT_DIALECT_IR_TTATTRS_TD
#define TT_DIALECT_IR_TTATTRS_TD

include "tt/Dialect/IR/TTDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class TT_Enum<string name, string doc, list<I32EnumCase> cases> : I32Enum<name, doc, cases> {
  let cppNamespace = "::tt";
}
class TT_EnumAttr<EnumInfo info, string mnemonic> : EnumAttr<TT_Dialect, info, mnemonic> {
  let assemblyFormat = "$value";
}

def TT_Layout : TT_Enum<"Layout", "where the channels of an image tensor are", [
  I32EnumCase<"NCHW", 0, "nchw">, I32EnumCase<"NHWC", 1, "nhwc">]>;
def TT_LayoutAttr : TT_EnumAttr<TT_Layout, "layout">;

def TT_ReduceKind : TT_Enum<"ReduceKind", "how elements are combined", [
  I32EnumCase<"Sum", 0, "sum">, I32EnumCase<"Mean", 1, "mean">, I32EnumCase<"Max", 2, "max">,
  I32EnumCase<"Min", 3, "min">, I32EnumCase<"Prod", 4, "prod">]>;
def TT_ReduceKindAttr : TT_EnumAttr<TT_ReduceKind, "reduce_kind">;

def TT_ArgKind : TT_Enum<"ArgKind", "which extreme element is looked for", [
  I32EnumCase<"Max", 0, "max">, I32EnumCase<"Min", 1, "min">]>;
def TT_ArgKindAttr : TT_EnumAttr<TT_ArgKind, "arg_kind">;

def TT_PadMode : TT_Enum<"PadMode", "what stands outside the padded tensor", [
  I32EnumCase<"Constant", 0, "constant">, I32EnumCase<"Edge", 1, "edge">, I32EnumCase<"Reflect", 2, "reflect">,
  I32EnumCase<"Wrap", 3, "wrap">]>;
def TT_PadModeAttr : TT_EnumAttr<TT_PadMode, "pad_mode">;

def TT_GeluKind : TT_Enum<"GeluKind", "formula of the Gaussian error linear unit", [
  I32EnumCase<"Erf", 0, "erf">, I32EnumCase<"Tanh", 1, "tanh">]>;
def TT_GeluKindAttr : TT_EnumAttr<TT_GeluKind, "gelu_kind">;

def TT_ScatterKind : TT_Enum<"ScatterKind", "how an update meets the old element", [
  I32EnumCase<"None", 0, "none">, I32EnumCase<"Add", 1, "add">, I32EnumCase<"Mul", 2, "mul">,
  I32EnumCase<"Max", 3, "max">, I32EnumCase<"Min", 4, "min">]>;
def TT_ScatterKindAttr : TT_EnumAttr<TT_ScatterKind, "scatter_kind">;

def TT_ResizeMode : TT_Enum<"ResizeMode", "interpolation of a resize", [
  I32EnumCase<"Nearest", 0, "nearest">, I32EnumCase<"Linear", 1, "linear">, I32EnumCase<"Cubic", 2, "cubic">]>;
def TT_ResizeModeAttr : TT_EnumAttr<TT_ResizeMode, "resize_mode">;
def TT_CoordMode : TT_Enum<"CoordMode", "how an output position maps to an input position (ONNX names)", [
  I32EnumCase<"HalfPixel", 0, "half_pixel">, I32EnumCase<"HalfPixelSymmetric", 1, "half_pixel_symmetric">,
  I32EnumCase<"PytorchHalfPixel", 2, "pytorch_half_pixel">, I32EnumCase<"AlignCorners", 3, "align_corners">,
  I32EnumCase<"Asymmetric", 4, "asymmetric">, I32EnumCase<"TfCropAndResize", 5, "tf_crop_and_resize">]>;
def TT_CoordModeAttr : TT_EnumAttr<TT_CoordMode, "coord_mode">;
def TT_NearestMode : TT_Enum<"NearestMode", "rounding of a nearest resize (ONNX names)", [
  I32EnumCase<"RoundPreferFloor", 0, "round_prefer_floor">, I32EnumCase<"RoundPreferCeil", 1, "round_prefer_ceil">,
  I32EnumCase<"Floor", 2, "floor">, I32EnumCase<"Ceil", 3, "ceil">]>;
def TT_NearestModeAttr : TT_EnumAttr<TT_NearestMode, "nearest_mode">;

def TT_NormKind : TT_Enum<"NormKind", "which statistics a row normalization removes", [
  I32EnumCase<"Layer", 0, "layer">, I32EnumCase<"RMS", 1, "rms">]>;
def TT_NormKindAttr : TT_EnumAttr<TT_NormKind, "norm_kind">;

def TT_PoolKind : TT_Enum<"PoolKind", "how a window is combined", [
  I32EnumCase<"Max", 0, "max">, I32EnumCase<"Average", 1, "average">]>;
def TT_PoolKindAttr : TT_EnumAttr<TT_PoolKind, "pool_kind">;

def TT_TargetAttr : AttrDef<TT_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "The CPU that code is generated for";
  let description = [{
    Carried by the module as `tt.target`. `lanes` is the number of f32 lanes of the widest vector register the kernels use
    (16 for AVX-512, 8 for AVX2, 4 for NEON and the portable fallback), `registers` the number of such registers.

    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {}
    ```
  }];
  let parameters = (ins StringRefParameter<"target triple">:$triple, StringRefParameter<"LLVM's CPU name">:$cpu,
                        StringRefParameter<"LLVM's feature string">:$features, "int64_t":$lanes, "int64_t":$registers);
  let assemblyFormat = "`<` struct(params) `>`";
}

def TT_LoweringConfigAttr : AttrDef<TT_Dialect, "LoweringConfig"> {
  let mnemonic = "lowering_config";
  let summary = "How one kernel op is tiled; written by tt-choose-config, obeyed by the microkernel emitter";
  let description = [{
    `rows` x `vectors` accumulators of `lanes` elements form the register tile (rows = MR, vectors * lanes = NR). `order`
    names the loops over tiles from the outside in: `nm` keeps a panel of the right-hand side while walking the rows, `mn` the
    reverse. `k_block` splits the reduction (0: not split). `chunk` is the number of outermost tiles that make one unit of
    parallel work (0: the op runs on the calling thread).

    The outermost tiles are: of `tt.gemm`, tiles of columns (`nm`) or of rows (`mn`); of `tt.conv_direct`, whose tile's rows are
    columns of the output image, tiles of output channels (`nm`) or single rows of the output image (`mn`). For
    `tt.conv_depthwise` the tile is a block of `rows` x `vectors` outputs of one vector of channels, and the outermost tiles are
    blocks of output rows.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$vectors, "int64_t":$lanes, StringRefParameter<"loop order">:$order,
                        DefaultValuedParameter<"int64_t", "0">:$k_block, DefaultValuedParameter<"int64_t", "0">:$chunk);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif
