"""Programs we are measured against: installed on first use, each run as a process of its own."""
