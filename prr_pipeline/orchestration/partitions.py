"""The one partition set: a partition per promotion."""

from __future__ import annotations

import dagster as dg

PROMOTIONS = dg.DynamicPartitionsDefinition(name="promotions")
"""Keys are promotion keys, such as ``createGrant:ga``; each has a ledger record, or its runs fail with a sentence."""
