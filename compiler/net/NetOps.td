// All ops of the `net` dialect; one file a family.
#ifndef NET_OPS_TD
#define NET_OPS_TD

include "compiler/net/Activation.td"
include "compiler/net/Concat.td"
include "compiler/net/BatchNorm.td"
include "compiler/net/Conv2D.td"
include "compiler/net/Conv2DTranspose.td"
include "compiler/net/Dense.td"
include "compiler/net/Dropout.td"
include "compiler/net/LayerNorm.td"
include "compiler/net/Loss.td"
include "compiler/net/Optimizer.td"
include "compiler/net/Padding2D.td"
include "compiler/net/Parameter.td"
include "compiler/net/Pool2D.td"
include "compiler/net/RandomTransforms.td"
include "compiler/net/Structure.td"
include "compiler/net/Transforms.td"
include "compiler/net/Upsample2D.td"

#endif
