#!/usr/bin/python3
"""Exports the benchmark set as ONNX: eight architectures with seeded random weights, written by PyTorch's own exporter.

    benchmarks/models/export.py FOLDER [--only NAME ...] [--seed 7] [--list]

Needs Debian's python3-torch and python3-torchvision (torch 1.13, torchvision 0.14). The CNNs and ViT-B/32 are torchvision's, at batch 1, the CNNs
at batch 8 too (NAME-8.onnx). BERT-base, GPT-2-small and the Llama-style decoder are written below so that they export to the graphs of Hugging
Face's models, operator by operator: their names for parameters, their reshapes, masks and rotations. FOLDER gets about 2.4 GB; the same seed gives the
same weights. Random weights make no sensible answers; the time of a dense model does not depend on their values.
"""
import argparse
import math
import pathlib

import torch
from torch import nn

OPSET = 16


class BertAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.dense, self.norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(query.shape[-1]) + mask
        context = torch.matmul(nn.functional.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
        return self.norm(self.dense(context.view(x.shape)) + x)


class BertLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = BertAttention(width, heads)
        self.intermediate, self.output = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, mask):
        x = self.attention(x, mask)
        return self.norm(self.output(nn.functional.gelu(self.intermediate(x))) + x)


class Bert(nn.Module):
    """BertModel of bert-base-uncased: 12 layers of width 768, with pooler."""

    def __init__(self, vocabulary=30522, width=768, heads=12, layers=12, positions=512):
        super().__init__()
        self.word_embeddings, self.position_embeddings = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.token_type_embeddings, self.norm = nn.Embedding(2, width), nn.LayerNorm(width, eps=1e-12)
        self.layer = nn.ModuleList(BertLayer(width, heads) for _ in range(layers))
        self.pooler = nn.Linear(width, width)
        self.register_buffer("position_ids", torch.arange(positions)[None])

    def forward(self, input_ids, attention_mask, token_type_ids):
        mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        x = self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids)
        x = self.norm(x + self.position_embeddings(self.position_ids[:, :input_ids.shape[1]]))
        for layer in self.layer:
            x = layer(x, mask)
        return x, torch.tanh(self.pooler(x[:, 0]))


class Conv1D(nn.Module):
    """Hugging Face's linear layer of GPT-2: the weight is [inputs, outputs]."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(inputs, outputs).normal_(0, 0.02)), nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(x.size()[:-1] + (self.bias.shape[0],))


def gelu_new(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class Gpt2Block(nn.Module):
    def __init__(self, width, heads, positions):
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.attn_proj = Conv1D(width, 3 * width), Conv1D(width, width)
        self.c_fc, self.mlp_proj = Conv1D(width, 4 * width), Conv1D(4 * width, width)
        self.register_buffer("causal", torch.tril(torch.ones(positions, positions, dtype=torch.uint8)).view(1, 1, positions, positions).bool())

    def attention(self, x):
        query, key, value = (t.view(t.shape[0], t.shape[1], self.heads, -1).permute(0, 2, 1, 3) for t in self.c_attn(x).split(x.shape[-1], dim=2))
        scores = torch.matmul(query, key.transpose(-1, -2)) / torch.full([], value.size(-1) ** 0.5)
        length = x.shape[1]
        scores = torch.where(self.causal[:, :, :length, :length], scores, torch.full([], torch.finfo(torch.float32).min))
        context = torch.matmul(nn.functional.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
        return self.attn_proj(context.view(x.shape))

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        return x + self.mlp_proj(gelu_new(self.c_fc(self.ln_2(x))))


class Gpt2(nn.Module):
    """GPT2LMHeadModel of gpt2, without a cache: 12 layers of width 768, the head tied to the embedding."""

    def __init__(self, vocabulary=50257, width=768, heads=12, layers=12, positions=1024):
        super().__init__()
        self.wte, self.wpe, self.ln_f = nn.Embedding(vocabulary, width), nn.Embedding(positions, width), nn.LayerNorm(width)
        self.h = nn.ModuleList(Gpt2Block(width, heads, positions) for _ in range(layers))
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight
        nn.init.normal_(self.wte.weight, 0, 0.02)

    def forward(self, input_ids):
        x = self.wte(input_ids) + self.wpe(torch.arange(input_ids.shape[1])[None])
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


class LlamaLayer(nn.Module):
    def __init__(self, width, heads, kv_heads, hidden):
        super().__init__()
        self.heads, self.kv_heads, self.size = heads, kv_heads, width // heads
        self.q_proj, self.o_proj = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.k_proj, self.v_proj = (nn.Linear(width, kv_heads * self.size, bias=False) for _ in range(2))
        self.gate_proj, self.up_proj = nn.Linear(width, hidden, bias=False), nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(width), RmsNorm(width)

    def repeat_kv(self, x):
        """Each head of keys and values serves heads / kv_heads heads of queries."""
        batch, heads, length, size = x.shape
        times = self.heads // self.kv_heads
        return x[:, :, None].expand(batch, heads, times, length, size).reshape(batch, heads * times, length, size)

    def attention(self, x, cos, sin, mask):
        batch, length, width = x.shape
        query, key, value = (p(x).view(batch, length, n, self.size).transpose(1, 2)
                             for p, n in ((self.q_proj, self.heads), (self.k_proj, self.kv_heads), (self.v_proj, self.kv_heads)))
        query, key = query * cos + rotate_half(query) * sin, key * cos + rotate_half(key) * sin
        scores = torch.matmul(query, self.repeat_kv(key).transpose(2, 3)) / math.sqrt(self.size) + mask
        context = torch.matmul(nn.functional.softmax(scores, dim=-1), self.repeat_kv(value)).transpose(1, 2).contiguous()
        return self.o_proj(context.reshape(batch, length, width))

    def forward(self, x, cos, sin, mask):
        x = x + self.attention(self.input_layernorm(x), cos, sin, mask)
        y = self.post_attention_layernorm(x)
        return x + self.down_proj(nn.functional.silu(self.gate_proj(y)) * self.up_proj(y))


class Llama(nn.Module):
    """LlamaForCausalLM, small: 8 layers of width 512, 8 heads that share 2 heads of keys and values."""

    def __init__(self, vocabulary=32000, width=512, heads=8, kv_heads=2, hidden=1408, layers=8, positions=1024):
        super().__init__()
        self.embed_tokens, self.norm = nn.Embedding(vocabulary, width), RmsNorm(width)
        self.layers = nn.ModuleList(LlamaLayer(width, heads, kv_heads, hidden) for _ in range(layers))
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        size = width // heads
        angles = torch.outer(torch.arange(positions).float(), 1.0 / 10000 ** (torch.arange(0, size, 2).float() / size))
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.register_buffer("mask", torch.full((positions, positions), torch.finfo(torch.float32).min).triu(1))

    def forward(self, input_ids):
        length = input_ids.shape[1]
        cos, sin, mask = self.cos[:length][None, None], self.sin[:length][None, None], self.mask[:length, :length][None, None]
        x = self.embed_tokens(input_ids)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.lm_head(self.norm(x))


def image_model(name, batch):
    import torchvision
    model = getattr(torchvision.models, name)(weights=None)
    return model, (torch.zeros(batch, 3, 224, 224),), ["image"], ["logits"]


def tokens(length):
    return torch.zeros(1, length, dtype=torch.int64)


MODELS = {
    "resnet50": lambda: image_model("resnet50", 1),
    "resnet50-8": lambda: image_model("resnet50", 8),
    "resnet18": lambda: image_model("resnet18", 1),
    "resnet18-8": lambda: image_model("resnet18", 8),
    "mobilenet_v2": lambda: image_model("mobilenet_v2", 1),
    "mobilenet_v2-8": lambda: image_model("mobilenet_v2", 8),
    "efficientnet_b0": lambda: image_model("efficientnet_b0", 1),
    "efficientnet_b0-8": lambda: image_model("efficientnet_b0", 8),
    "vit_b_32": lambda: image_model("vit_b_32", 1),
    "bert_base": lambda: (Bert(), (tokens(128), tokens(128) + 1, tokens(128)), ["input_ids", "attention_mask", "token_type_ids"],
                          ["last_hidden_state", "pooler_output"]),
    "gpt2": lambda: (Gpt2(), (tokens(64),), ["input_ids"], ["logits"]),
    "llama_gqa": lambda: (Llama(), (tokens(64),), ["input_ids"], ["logits"]),
}


def export(name, folder, seed):
    torch.manual_seed(seed)
    model, inputs, input_names, output_names = MODELS[name]()
    path = folder / f"{name}.onnx"
    torch.onnx.export(model.eval(), inputs, str(path), input_names=input_names, output_names=output_names, opset_version=OPSET,
                      do_constant_folding=True)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, nargs="?")
    parser.add_argument("--only", nargs="+", choices=list(MODELS), metavar="NAME", help="these alone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--list", action="store_true", help="print the names")
    args = parser.parse_args()
    if args.list:
        print("\n".join(MODELS))
        return
    if not args.folder:
        parser.error("a folder is needed")
    args.folder.mkdir(parents=True, exist_ok=True)
    for name in args.only or MODELS:
        export(name, args.folder, args.seed)


if __name__ == "__main__":
    main()
