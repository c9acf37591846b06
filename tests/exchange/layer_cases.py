"""Every kind of layer with its options, as small networks and the shape of their images."""

from collections.abc import Mapping

from cnnsim import nn

Case = tuple[Mapping[str, object], tuple[int, ...]]

MAPS = (4, 9, 8)
_ONE_LAYER = {
    "conv2d": nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2),
    "conv2d_same": nn.Conv2d(4, 2, (4, 3), padding="same", dilation=(1, 2)),
    "conv2d_side_by_side": nn.Conv2d(4, 2, 3, stride=2, padding=((0, 2), (1, 0))),
    "conv2d_replicate": nn.Conv2d(4, 2, 3, padding=((0, 2), (1, 0)), padding_mode="replicate"),
    "conv2d_reflect": nn.Conv2d(4, 2, 3, padding=(1, 2), padding_mode="reflect"),
    "conv2d_circular": nn.Conv2d(4, 2, (3, 2), padding="same", padding_mode="circular"),
    "conv2d_valid": nn.Conv2d(4, 2, 3, padding="valid", padding_mode="reflect"),
    "conv2d_without_bias": nn.Conv2d(4, 2, 3, bias=False),
    "conv_transpose2d": nn.ConvTranspose2d(4, 6, 3, stride=(3, 2), padding=1, output_padding=(1, 0)),
    "conv_transpose2d_grouped": nn.ConvTranspose2d(4, 6, 3, stride=2, padding=(0, 1), groups=2),
    "conv_transpose2d_far": nn.ConvTranspose2d(4, 3, 2, dilation=(4, 3), padding=(2, 1), output_padding=(3, 2)),
    "conv_transpose2d_far_without_bias": nn.ConvTranspose2d(4, 3, 2, dilation=3, output_padding=(2, 1), bias=False),
    "conv_transpose2d_dilated": nn.ConvTranspose2d(4, 3, (2, 3), dilation=2, bias=False),
    "max_pool2d": nn.MaxPool2d(3, 2, padding=1),
    "max_pool2d_ceil": nn.MaxPool2d(2, 3, ceil_mode=True),
    "max_pool2d_dilated": nn.MaxPool2d((2, 3), 1, dilation=(3, 2)),
    "avg_pool2d": nn.AvgPool2d((3, 2), 2, padding=1),
    "avg_pool2d_cells_only": nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
    "avg_pool2d_ceil": nn.AvgPool2d(3, 2, padding=1, ceil_mode=True),
    "avg_pool2d_ceil_cells_only": nn.AvgPool2d((4, 3), 3, padding=1, ceil_mode=True, count_include_pad=False),
    "lp_pool2d_ceil": nn.LPPool2d(2, (4, 3), (3, 2), ceil_mode=True),
    "lp_pool2d": nn.LPPool2d(2, 2),
    "lp_pool2d_cubes": nn.LPPool2d(3, (2, 3), 1),
    "weighted_pool2d": nn.WeightedPool2d(3, 2, padding=1),
    "adaptive_avg_pool2d_global": nn.AdaptiveAvgPool2d(1),
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d((4, None)),
    "adaptive_max_pool2d_global": nn.AdaptiveMaxPool2d(1),
    "adaptive_max_pool2d": nn.AdaptiveMaxPool2d((4, 3)),
    "unfold": nn.Unfold((3, 2), dilation=(1, 2), padding=1, stride=2),
    "batch_norm": nn.BatchNorm(4, eps=0.1),
    "local_response_norm": nn.LocalResponseNorm(3, alpha=0.5),
    "local_response_norm_even": nn.LocalResponseNorm(2, alpha=0.5, beta=0.5, k=2.0),
    "pad": nn.Pad((1, 2, 0, 3), value=7.0),
    "pad_and_cut": nn.Pad((1, -2, -1, 3)),
    "pad_replicate": nn.Pad((2, 1), mode="replicate"),
    "pad_reflect": nn.Pad((2, 1, 0, 3), mode="reflect"),
    "pad_circular": nn.Pad((2, 1, 3, 0), mode="circular"),
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.2),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "scaled_tanh": nn.ScaledTanh(),
    "softmax": nn.Softmax(),
    "log_softmax": nn.LogSoftmax(),
    "dropout": nn.Dropout(0.3),
    "flatten": nn.Flatten(),
}
CASES: dict[str, Case] = {name: ({name: layer}, MAPS) for name, layer in _ONE_LAYER.items()} | {
    "conv1d": ({"conv1": nn.Conv1d(3, 4, 3, stride=2, padding=1, dilation=2)}, (3, 11)),
    "conv1d_one_side": ({"conv1": nn.Conv1d(3, 4, 3, padding=((2, 0),))}, (3, 11)),
    "conv1d_circular": ({"conv1": nn.Conv1d(3, 4, 3, padding="same", padding_mode="circular")}, (3, 11)),
    "linear": ({"fc1": nn.Linear(5, 3), "relu1": nn.ReLU(), "fc2": nn.Linear(3, 2, bias=False)}, (5,)),
    "batch_norm_of_features": ({"bn1": nn.BatchNorm(5)}, (5,)),
    "fold": ({"fold": nn.Fold((7, 6), (3, 2), dilation=(1, 2), padding=1, stride=2)}, (12, 12)),
    "residual": (
        {
            "conv1": nn.Conv2d(4, 4, 3, padding=1),
            "bn1": nn.BatchNorm(4),
            "relu1": nn.ReLU(),
            "add": nn.Node(nn.Add(), ("relu1", "input")),
            "sum": nn.Node(nn.Add(), ("add", "relu1", "conv1")),
            "pool": nn.AdaptiveAvgPool2d(1),
            "flatten": nn.Flatten(),
            "fc": nn.Linear(4, 3),
        },
        MAPS,
    ),
    "u_shaped": (
        {
            "down": nn.Conv2d(4, 5, 2, stride=2),
            "tanh": nn.Tanh(),
            "up": nn.ConvTranspose2d(5, 4, 2, stride=2, output_padding=(1, 0)),
            "join": nn.Node(nn.Concatenate(), ("up", "input", "up")),
            "head": nn.Conv2d(12, 2, 1),
        },
        MAPS,
    ),
}
