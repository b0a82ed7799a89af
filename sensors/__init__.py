"""One thin module per question that a sensor or schedule asks."""
