// Jobs keeps no data: what ran is in the log, what must run is in the registry.
export {};
