// Membership tells and does not listen.
export {};
