import fc from "fast-check";
import { describe, it } from "vitest";
import { comparableName } from "../../lib/entity-name";

const noise = fc.constantFrom("", " ", ",", ".", " - ", " & ");

describe("invariants of entities", () => {
  it("createEntity: a legal name is active at most once, however it is punctuated", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 4 }), noise, (words, mark) => {
        const plain = words.join(" ");
        const loud = words.map((word) => word.toUpperCase()).join(` ${mark} `);
        return comparableName(plain) === comparableName(loud);
      }),
    );
  });

  it("createEntity: comparing twice changes nothing", () => {
    fc.assert(fc.property(fc.string(), (name) => comparableName(comparableName(name)) === comparableName(name)));
  });
});
