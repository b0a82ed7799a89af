"""Asking a service over HTTP: read only, within limits, from allowed hosts, and whole or not at all."""
