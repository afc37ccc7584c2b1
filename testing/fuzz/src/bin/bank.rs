#![no_main]

bithive_fuzz::target!(bank);
