// Ops that ONNX spells otherwise, or that no node test of ONNX has. NumPy evaluates this module by test/Import/ONNX/graph_ops.py, which knows nothing of tt's
// code; the exported model has to give the same when tt compiles it.
//
// REQUIRES: onnx-testdata
// RUN: rm -rf %t && %python %S/make_ops_test.py %s %t/ops
// RUN: tt-run --onnx-test %t/ops --rtol 1e-3 --atol 2e-4 | FileCheck %s --check-prefix=RESULT
// RESULT: 1 passed, 0 failed, 0 skipped
// RUN: %python %S/print_model.py %t/ops/model.onnx | FileCheck %s

// CHECK: input x: FLOAT [N, 6, 8, 5]
// CHECK: input m: FLOAT [1, 1, 4, 7]
// CHECK: output gelu_erf: FLOAT [N, 6, 8, 5]
// CHECK: output again: FLOAT [N, 6, 8, 5]
// CHECK: output input: FLOAT [1, 2, 4, 6]
// CHECK: output constant: FLOAT [2]
func.func @main(%x: tensor<?x6x8x5xf32> {tt.name = "x", tt.dims = ["N", "", "", ""]}, %q: tensor<1x4x4x6xf32> {tt.name = "q"},
                %k: tensor<1x2x7x6xf32> {tt.name = "k"}, %v: tensor<1x2x7x3xf32> {tt.name = "v"}, %m: tensor<1x1x4x7xf32> {tt.name = "m"},
                %t: tensor<1x2x4x6xf32> {tt.name = "t"}, %h: tensor<2x5xf16> {tt.name = "h"}, %i: tensor<3x4xi8> {tt.name = "i"})
    -> (tensor<?x6x8x5xf32> {tt.name = "gelu_erf", tt.dims = ["N", "", "", ""]}, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>,
        tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>, tensor<?x3x4x4xf32>, tensor<?x5x4x5xf32>, tensor<?x3x4x5xf32>, tensor<?x6x8x5xf32>,
        tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<2x5xf16>, tensor<2x5xf16>, tensor<2x5xi1>, tensor<3xi8>, tensor<3x3xi8>,
        tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32> {tt.name = "again", tt.dims = ["N", "", "", ""]}, tensor<1x2x4x6xf32> {tt.name = "input"}, tensor<2xf32> {tt.name = "constant"}) {
  // CHECK: Erf
  %gelu = tt.gelu %x {kind = #tt<gelu_kind erf>} : tensor<?x6x8x5xf32> loc("gelu"("gelu_erf"))
  // CHECK: Tanh
  %gelu_tanh = tt.gelu %x {kind = #tt<gelu_kind tanh>} : tensor<?x6x8x5xf32>
  // CHECK: Sigmoid
  %silu = tt.silu %x : tensor<?x6x8x5xf32>
  %half = arith.constant dense<0.3> : tensor<f32>
  // CHECK: Floor
  %mod = tt.mod %x, %half : tensor<?x6x8x5xf32>, tensor<f32> -> tensor<?x6x8x5xf32>
  // CHECK: Softmax
  %attention = tt.attention %q, %k, %v mask(%m : tensor<1x1x4x7xf32>) {scale = 0.4 : f32, causal = false} : tensor<1x4x4x6xf32>, tensor<1x2x7x6xf32>, tensor<1x2x7x3xf32> -> tensor<1x4x4x3xf32>
  // CHECK: Where
  %causal = tt.attention %q, %k, %v {scale = 0.4 : f32, causal = true} : tensor<1x4x4x6xf32>, tensor<1x2x7x6xf32>, tensor<1x2x7x3xf32> -> tensor<1x4x4x3xf32>
  // Images with their channels last: Nx6x8 pixels of 5 channels.
  %filter = arith.constant dense_resource<filter> : tensor<4x5x3x3xf32>
  %bias = arith.constant dense<[0.1, -0.2, 0.3, 0.4]> : tensor<4xf32>
  // CHECK: Transpose{{.*}}perm=[0, 3, 1, 2]
  // CHECK-NEXT: Conv{{.*}}dilations=[1, 1] group=1 pads=[1, 0, 1, 1] strides=[2, 2]
  // CHECK-NEXT: Transpose{{.*}}perm=[0, 2, 3, 1]
  %conv = tt.conv %x, %filter bias(%bias : tensor<4xf32>) {strides = array<i64: 2, 2>, pads = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<?x6x8x5xf32>, tensor<4x5x3x3xf32> -> tensor<?x3x4x4xf32>
  // CHECK: MaxPool
  %transposed = tt.transpose %x {perm = array<i64: 0, 3, 1, 2>} : tensor<?x6x8x5xf32> -> tensor<?x5x6x8xf32>
  %max = tt.pool %transposed {kind = #tt<pool_kind max>, kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, ceil_mode = true, count_include_pad = false, layout = #tt<layout nchw>} : tensor<?x5x6x8xf32> -> tensor<?x5x4x5xf32>
  // CHECK: AveragePool{{.*}}count_include_pad=1
  %average = tt.pool %x {kind = #tt<pool_kind average>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = true, layout = #tt<layout nhwc>} : tensor<?x6x8x5xf32> -> tensor<?x3x4x5xf32>
  %scale = arith.constant dense<[1.0, 0.5, 2.0, -1.0, 0.1]> : tensor<5xf32>
  %mean = arith.constant dense<[0.1, 0.2, 0.3, 0.4, 0.5]> : tensor<5xf32>
  // CHECK: BatchNormalization
  %batch = tt.batch_norm %x, %scale, %mean, %mean, %mean {axis = 3 : i64, epsilon = 1.0e-3 : f32} : tensor<?x6x8x5xf32>, tensor<5xf32> -> tensor<?x6x8x5xf32>
  // CHECK: LRN
  %lrn = tt.lrn %x {size = 3 : i64, alpha = 0.1 : f32, beta = 0.75 : f32, bias = 1.0 : f32, axis = 3 : i64} : tensor<?x6x8x5xf32> -> tensor<?x6x8x5xf32>
  // CHECK: ReduceMean
  // CHECK: Sqrt
  %rms = tt.norm %x, %scale {kind = #tt<norm_kind rms>, axis = 3 : i64, epsilon = 1.0e-5 : f32} : tensor<?x6x8x5xf32>, tensor<5xf32> -> tensor<?x6x8x5xf32>
  // The scale is repeated over rows, which LayerNormalization does not do everywhere.
  // CHECK: ReduceMean
  %layer = tt.norm %x, %scale bias(%mean : tensor<5xf32>) {kind = #tt<norm_kind layer>, axis = 2 : i64, epsilon = 1.0e-5 : f32} : tensor<?x6x8x5xf32>, tensor<5xf32> -> tensor<?x6x8x5xf32>
  // CHECK: Erf
  %gelu_half = tt.gelu %h {kind = #tt<gelu_kind erf>} : tensor<2x5xf16>
  // CHECK: Cast{{.*}}to=1
  // CHECK: Mul
  // CHECK: Cast{{.*}}to=10
  %silu_half = tt.silu %h : tensor<2x5xf16>
  // CHECK: IsInf
  %inf = tt.is_inf %h : tensor<2x5xf16> -> tensor<2x5xi1>
  // CHECK: Cast{{.*}}to=6
  // CHECK: ReduceSum
  // CHECK: Cast{{.*}}to=3
  %sum = tt.reduce %i {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<3x4xi8> -> tensor<3xi8>
  %it = tt.transpose %i {perm = array<i64: 1, 0>} : tensor<3x4xi8> -> tensor<4x3xi8>
  // CHECK: MatMul
  // CHECK: Cast{{.*}}to=3
  %product = tt.matmul %i, %it : tensor<3x4xi8>, tensor<4x3xi8> -> tensor<3x3xi8>
  // CHECK: LayerNormalization
  %whole = tt.norm %x, %scale bias(%mean : tensor<5xf32>) {kind = #tt<norm_kind layer>, axis = 3 : i64, epsilon = 1.0e-5 : f32} : tensor<?x6x8x5xf32>, tensor<5xf32> -> tensor<?x6x8x5xf32>
  %two = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: Identity(gelu_erf) -> again
  // CHECK: Identity(t) -> input
  // CHECK: Identity({{.*}}) -> constant
  return %gelu, %gelu_tanh, %silu, %mod, %attention, %causal, %conv, %max, %average, %batch, %lrn, %rms, %layer, %gelu_half, %silu_half, %inf, %sum, %product, %whole, %gelu, %t, %two
      : tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>, tensor<?x3x4x4xf32>,
        tensor<?x5x4x5xf32>, tensor<?x3x4x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<2x5xf16>, tensor<2x5xf16>,
        tensor<2x5xi1>, tensor<3xi8>, tensor<3x3xi8>, tensor<?x6x8x5xf32>, tensor<?x6x8x5xf32>, tensor<1x2x4x6xf32>, tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      filter: "0x040000008805973DCE8D143EEF5D353EB5EB873EC864133EFDBC813E89B090BEB6F8A8BCFE32883E580FB73D3250763E71A56DBE250898BCA6B41BBEE717D73CC6B7353D429295BE8D0A2EBE6D7C07BE77CD7F3E0043233EA12351BE2E91363EF9F05DBE5E53903D225B65BE050E99BEEA30643E8F8232BEF1CE2EBE2433943EADCE643E6F7301BE1BC48D3E8CCAC03CA284DA3D2B6235BEC477873EC542EA3D1C548F3E36EA713E8A3FF7BDDF91AABD923C4DBE45AE59BECE9685BE0617F4BD34677D3D8A8F98BE46A5DA3D3D31C7BD1186E9BD90B2433E53483DBC7A5AE2BD7BA138BC587FFB3DDD1688BE5AF3913E619392BE5C79193E13E5533EB60C94BE52C9303EB96EA4BDC7F7403DA6CF96BED43E8BBE060B44BECED48B3E04753ABEDC1F1D3E78FD833EBECB873E4039BFBD1C6EB2BD2BD4723C9B54293EF4CF70BEA39D183EB79D363E06FF5C3EC6588EBE27F3883ED92D7BBEB2B2C3BD542F883DB76F803E61A8C4BD4250823E58E4DD3C0376E6BDBE1DE1BD5C2846BE009481BE48BC57BE2E75E83D3098983ED0F44FBE4DAF8ABE9383953E70CFA43C234A67BD616121BEA9EA663DD979483E36EAD9BC104A40BD9B7C88BE0DA27F3E4C8C8FBEE6107DBB53EE4F3E07FA62BEAA550E3E992D8A3E123CA03DFCF3303EA8AF71BE50D620BDF08057BEF4CD533E4622FCBDC340E6BC8C62993E8E6C583EC23A923E395CE4BCB6CDE8BB05020D3E67054EBC4D6500BE77726CBDBE2F59BE382497BD5F08963E64418D3EBA039C3D7B23D5B9307AC6BD196F7CBE85E40BBEC0452D3EF3B8613EFF66AABD76BB2F3EBBE5283ED81EEF3DBE8BC93DA4851F3EA7D0A7BD9140FB3DFEA406BE50B80CBC9CBB253E968EEA3D8A50FDBD49DF883E14F1B73D673B463DDC0A96BE3AF8E63CB62C19BE32EAD23D8B29B6BC6891423EA72BB53D84DC363E65EBBABD5306B13D021F123E9DA3493EB743B8BD4CAA523E0246633EAF6DE73DC643923EEB3D8C3E5F51323C5E36903C"
    }
  }
#-}
