#![no_main]

bithive_fuzz::target!(audit);
