"""What do users get? The flag back ends."""
