"""The networks of the course and how it trains them; pytorch_networks.py has them in PyTorch."""

import os
from collections import namedtuple

MODELS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "models")


class Network(namedtuple("Network", "file pixels batch rate settings", defaults=((),))):
    """file: of models/, with its settings (--set); pixels: of the input, 1 x pixels x pixels."""

    @property
    def path(self):
        return os.path.join(MODELS, self.file)

    @property
    def set_options(self):
        return [word for setting in self.settings for word in ("--set", setting)]

    @property
    def options(self):
        """netc's, so that both sides train the same."""
        return [*self.set_options, "--batch", str(self.batch)]


NETWORKS = {
    "lenet": Network("lenet.net", pixels=28, batch=256, rate=0.9),
    "lenet-bn": Network("lenet-bn.net", pixels=28, batch=256, rate=1.0),
    "alexnet": Network("alexnet.net", pixels=224, batch=128, rate=0.01),
    "vgg11": Network("vgg11.net", pixels=224, batch=128, rate=0.05),
    "nin": Network("nin.net", pixels=224, batch=128, rate=0.1),
    "googlenet": Network("googlenet.net", pixels=96, batch=128, rate=0.1),
    "resnet18": Network("resnet18.net", pixels=96, batch=256, rate=0.05),
    "densenet": Network("densenet121.net", pixels=96, batch=256, rate=0.1, settings=(
        "colours=1", "pixels=96", "classes=10", "blocks=[4,4,4,4]", "bottleneck=false")),
}
