// Jobs neither tells nor listens.
export {};
