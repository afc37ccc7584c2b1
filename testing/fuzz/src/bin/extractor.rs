#![no_main]

bithive_fuzz::target!(extractor);
