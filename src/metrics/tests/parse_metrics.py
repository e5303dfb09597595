#!/usr/bin/env python3
"""Reads a text exposition from standard input as Prometheus' own client library does, and more strictly than that:
each family once and of a known type, each series once, counters named as such, histograms that add up. Prints the
number of samples."""
import sys

from prometheus_client.parser import text_string_to_metric_families


def check_histogram(name, samples):
    by_product = {}
    for sample in samples:
        by_product.setdefault(sample.labels["product"], []).append(sample)
    for product, of_product in by_product.items():
        bounds = [(float(s.labels["le"]), s.value) for s in of_product if s.name == name + "_bucket"]
        single = {s.name: s.value for s in of_product if "le" not in s.labels}
        assert bounds == sorted(bounds), f"{product}: buckets out of order"
        counts = [count for _, count in bounds]
        assert counts == sorted(counts), f"{product}: buckets do not add up"
        assert bounds[-1] == (float("inf"), single[name + "_count"]), f"{product}: not all are in the last bucket"
        assert name + "_sum" in single, f"{product}: no sum"


def check(text):
    assert text.endswith("\n"), "no newline at the end"
    series, families = set(), set()
    for family in text_string_to_metric_families(text):
        assert family.name not in families, f"{family.name} twice"
        families.add(family.name)
        assert family.type in ("counter", "gauge", "histogram"), f"{family.name} is {family.type}"
        assert family.documentation, f"{family.name} says nothing of itself"
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in series, f"{key} twice"
            series.add(key)
            assert sample.value >= 0, f"{key} below 0"
            if family.type == "counter":
                assert sample.name == family.name + "_total", sample.name
        if family.type == "histogram":
            check_histogram(family.name, family.samples)
    return len(series)


print(check(sys.stdin.read()))
