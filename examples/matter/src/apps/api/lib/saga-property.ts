import fc from "fast-check";

export interface Saga<State, Input> {
  /** The state before the first step. */
  readonly initial: () => State;
  /** One step; throwing refuses it and must leave the state as it was. */
  readonly step: (state: State, input: Input) => State;
  readonly invariants: Readonly<Record<string, (state: State) => boolean>>;
}

/** A property that runs any sequence of steps, some of them refused, and holds the invariants after each. */
export function sagaProperty<State, Input>(
  saga: Saga<State, Input>,
  inputs: fc.Arbitrary<Input>,
): fc.IProperty<[Input[]]> {
  return fc.property(fc.array(inputs, { maxLength: 40 }), (sequence) => {
    let state = saga.initial();
    for (const input of sequence) {
      try {
        state = saga.step(state, input);
      } catch {
        // Refused: the state from before this step stays, and the invariants must hold for it.
      }
      const broken = Object.entries(saga.invariants).find(([, holds]) => !holds(state));
      if (broken !== undefined) return false;
    }
    return true;
  });
}
