"""Reply text to phrases and cues: any split of the stream gives the same result."""
