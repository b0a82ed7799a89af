"""An organisation's conventions, one YAML file each."""
