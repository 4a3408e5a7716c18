"""What people do when somebody else announces a fact."""
