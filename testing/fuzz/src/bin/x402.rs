#![no_main]

bithive_fuzz::target!(x402);
