// Identity tells and does not listen.
export {};
