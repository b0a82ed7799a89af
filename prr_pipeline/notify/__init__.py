"""Who must know? A notifier port with an outbox."""
