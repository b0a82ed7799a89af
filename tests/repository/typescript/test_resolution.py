"""An import leads to a file, to a package from outside, or nowhere, as the compiler would have it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.resolution import File, Nowhere, Package, Resolution, Resolver, read_jsonc
from tests.repository.typescript.fakes import FakeFiles


def resolved(files: Mapping[str, str], specifier: str, importer: str = "apps/api/a.ts") -> Resolution:
    return Resolver(FakeFiles(files)).resolve(importer, specifier)


RELATIVE: list[tuple[str, str, str | None]] = [
    ("./b", "apps/api/b.ts", "apps/api/b.ts"),
    ("./b", "apps/api/b.tsx", "apps/api/b.tsx"),
    ("./b", "apps/api/b/index.ts", "apps/api/b/index.ts"),
    ("./b/", "apps/api/b/index.ts", "apps/api/b/index.ts"),
    ("./b/", "apps/api/b.ts", None),
    (".", "apps/api/index.ts", "apps/api/index.ts"),
    (".", "apps/api.ts", None),
    ("..", "apps/index.js", "apps/index.js"),
    ("../..", "index.ts", "index.ts"),
    ("../../b", "b.mts", "b.mts"),
    ("./b.js", "apps/api/b.ts", "apps/api/b.ts"),
    ("./b.js", "apps/api/b.tsx", "apps/api/b.tsx"),
    ("./b.jsx", "apps/api/b.tsx", "apps/api/b.tsx"),
    ("./b.mjs", "apps/api/b.mts", "apps/api/b.mts"),
    ("./b.cjs", "apps/api/b.cts", "apps/api/b.cts"),
    ("./b.js", "apps/api/b.js", "apps/api/b.js"),
    ("./b.js", "apps/api/b.d.ts", "apps/api/b.d.ts"),
    ("./b", "apps/api/b.d.ts", "apps/api/b.d.ts"),
    ("./b.service", "apps/api/b.service.ts", "apps/api/b.service.ts"),
    ("./b.json", "apps/api/b.json", "apps/api/b.json"),
    ("./b", "apps/api/b.json", None),
    ("./..b", "apps/api/..b.ts", "apps/api/..b.ts"),
    ("../../../b", "b.ts", None),
    ("../../../../etc/passwd", "etc/passwd.ts", None),
    ("./b\\c", "apps/api/b/c.ts", None),
]


@pytest.mark.parametrize(("specifier", "there", "expected"), RELATIVE, ids=[f"{e[0]} {e[1]}" for e in RELATIVE])
def test_a_relative_import_names_a_file_beside_it(specifier: str, there: str, expected: str | None) -> None:
    """Suffixes, indexes and compiled names are tried; nothing above the root is."""
    found = resolved({there: ""}, specifier)
    if expected is None:
        assert isinstance(found, Nowhere)
        assert "names no file of the repository" in found.why
    else:
        assert found == File(expected)


def test_a_source_beats_what_was_compiled_from_it() -> None:
    """And code beats its declarations."""
    files = {f"apps/api/b{suffix}": "" for suffix in (".ts", ".js", ".d.ts")}
    assert resolved(files, "./b.js") == File("apps/api/b.ts")
    assert resolved({"apps/api/b.js": "", "apps/api/b.d.ts": ""}, "./b") == File("apps/api/b.js")


OUTSIDE = [("zod", "zod"), ("@a/b/c", "@a/b"), ("node:fs/promises", "node:fs"), ("fs", "fs"), ("lodash/fp", "lodash")]


@pytest.mark.parametrize(("specifier", "name"), OUTSIDE)
def test_any_other_name_is_a_package_from_outside(specifier: str, name: str) -> None:
    """By the package's name alone."""
    assert resolved({}, specifier) == Package(name)


@pytest.mark.parametrize(
    ("specifier", "why"), [("", "its name is computed"), ("/a", "absolute path"), ("#a", "names no file")]
)
def test_what_leads_nowhere_says_why(specifier: str, why: str) -> None:
    """As a part of a sentence."""
    found = resolved({}, specifier)
    assert isinstance(found, Nowhere)
    assert why in found.why


LIB = {"apps/api/lib/x.ts": "", "apps/api/other/x.ts": "", "shared/x.ts": "", "packages/p/src/index.ts": ""}
ALIASES: list[tuple[str, dict[str, str], str, Resolution]] = [
    ("paths", {"apps/api/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}'}, "@/x",
     File("apps/api/lib/x.ts")),
    ("comments and trailing commas",
     {"apps/api/tsconfig.json": '{ // c\n "compilerOptions": { /* d */ "paths": {"@/*": ["./lib/*",],},},}'}, "@/x",
     File("apps/api/lib/x.ts")),
    ("second target", {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["none/*", "shared/*"]}}}'}, "@/x",
     File("shared/x.ts")),
    ("exact name first",
     {"tsconfig.json": '{"compilerOptions": {"paths": {"x*": ["none/*"], "xx": ["shared/x"]}}}'}, "xx",
     File("shared/x.ts")),
    ("longest prefix",
     {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["shared/*"], "@/l/*": ["apps/api/lib/*"]}}}'}, "@/l/x",
     File("apps/api/lib/x.ts")),
    ("tail after the star", {"tsconfig.json": '{"compilerOptions": {"paths": {"*-y": ["shared/*"]}}}'}, "x-y",
     File("shared/x.ts")),
    ("baseUrl alone", {"apps/api/tsconfig.json": '{"compilerOptions": {"baseUrl": "./lib"}}'}, "x",
     File("apps/api/lib/x.ts")),
    ("baseUrl leaves packages alone", {"apps/api/tsconfig.json": '{"compilerOptions": {"baseUrl": "."}}'}, "zod",
     Package("zod")),
    ("paths under baseUrl",
     {"tsconfig.json": '{"compilerOptions": {"baseUrl": "apps", "paths": {"@/*": ["api/lib/*"]}}}'}, "@/x",
     File("apps/api/lib/x.ts")),
    ("a bare star leaves packages alone", {"tsconfig.json": '{"compilerOptions": {"paths": {"*": ["types/*"]}}}'},
     "zod", Package("zod")),
    ("extends", {"apps/api/tsconfig.json": '{"extends": "../../base"}',
                 "base.json": '{"compilerOptions": {"paths": {"@/*": ["./shared/*"]}}}'}, "@/x", File("shared/x.ts")),
    ("extends a list, the last counts",
     {"tsconfig.json": '{"extends": ["./a.json", "./b.json"]}',
      "a.json": '{"compilerOptions": {"paths": {"@/*": ["apps/api/other/*"]}}}',
      "b.json": '{"compilerOptions": {"paths": {"@/*": ["apps/api/lib/*"]}}}'}, "@/x", File("apps/api/lib/x.ts")),
    ("extends a list, only the first has any",
     {"tsconfig.json": '{"extends": ["./a.json", "./b.json"]}',
      "a.json": '{"compilerOptions": {"paths": {"@/*": ["shared/*"]}}}', "b.json": "{}"}, "@/x", File("shared/x.ts")),
    ("own paths count, base from above",
     {"apps/api/tsconfig.json": '{"extends": "../../b.json", "compilerOptions": {"paths": {"@/*": ["lib/*"]}}}',
      "b.json": '{"compilerOptions": {"baseUrl": "./apps/api", "paths": {"@/*": ["none/*"]}}}'}, "@/x",
     File("apps/api/lib/x.ts")),
    ("extends a workspace package",
     {"package.json": '{"workspaces": ["packages/*"]}', "packages/c/package.json": '{"name": "@r/c"}',
      "packages/c/base.json": '{"compilerOptions": {"paths": {"@/*": ["${configDir}/lib/*"]}}}',
      "apps/api/tsconfig.json": '{"extends": "@r/c/base.json"}'}, "@/x", File("apps/api/lib/x.ts")),
    ("extends in a circle", {"tsconfig.json": '{"extends": "./tsconfig.json"}'}, "zod", Package("zod")),
    ("extends what is not there", {"tsconfig.json": '{"extends": ["./none.json", 1, "@x/y"]}'}, "zod", Package("zod")),
    ("the nearest counts alone",
     {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["shared/*"]}}}', "apps/api/tsconfig.json": "{}"},
     "@/x", Package("@/x")),
    ("an alias above the root", {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["../*"]}}}'}, "@/x",
     Nowhere("the alias '@/x' names no file of the repository")),
    ("odd values", {"tsconfig.json": '{"compilerOptions": {"baseUrl": 1, "paths": {"@/*": "x", "y": [2]}}}'}, "zod",
     Package("zod")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "specifier", "expected"), [each[1:] for each in ALIASES], ids=[e[0] for e in ALIASES]
)
def test_aliases_of_the_nearest_tsconfig_hold(files: dict[str, str], specifier: str, expected: Resolution) -> None:
    """With everything that it extends."""
    assert resolved({**LIB, **files}, specifier) == expected


def test_a_broken_tsconfig_is_one_sentence() -> None:
    """Nobody guesses what it meant."""
    with pytest.raises(Unreadable, match=r"apps/api/tsconfig\.json is no JSON"):
        resolved({"apps/api/tsconfig.json": "{"}, "zod")
    with pytest.raises(Unreadable, match="holds no object"):
        read_jsonc(Blob("a.json", blob_id_of(b"[]"), b"[]"))


def workspace(manifest: str = '{"name": "@r/p"}', **files: str) -> dict[str, str]:
    return {
        "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - '!packages/no'\n",
        "packages/p/package.json": manifest,
        "packages/no/package.json": '{"name": "@r/no"}',
        "packages/no/src/index.ts": "",
        **{path.replace("__", "/") + ".ts": text for path, text in files.items()},
    }


ENTRIES: list[tuple[str, str, str, str, str]] = [
    ("src/index", "{}", "", "src/index.ts", "src/index.ts"),
    ("index", "{}", "", "index.ts", "index.ts"),
    ("main", '{"main": "./lib/a.js"}', "", "lib/a.ts", "lib/a.ts"),
    ("types before main", '{"main": "dist/a.js", "types": "./b.ts"}', "", "b.ts", "b.ts"),
    ("built", '{"main": "dist/a.js"}', "", "src/a.ts", "src/a.ts"),
    ("exports text", '{"exports": "./a.ts"}', "", "a.ts", "a.ts"),
    ("exports dot", '{"exports": {".": "./a.ts", "./b": "./c.ts"}}', "", "a.ts", "a.ts"),
    ("exports subpath", '{"exports": {".": "./a.ts", "./b": "./c.ts"}}', "/b", "c.ts", "c.ts"),
    ("conditions", '{"exports": {".": {"types": "./dist/a.d.ts", "import": "./a.ts"}}}', "", "a.ts", "a.ts"),
    ("bare conditions", '{"exports": {"import": "./a.ts"}}', "", "a.ts", "a.ts"),
    ("own condition", '{"exports": {".": {"@r/source": "./a.ts"}}}', "", "a.ts", "a.ts"),
    ("nested", '{"exports": {".": {"import": {"types": "./no.ts", "default": "./a.ts"}}}}', "", "a.ts", "a.ts"),
    ("list", '{"exports": {".": ["./no.ts", {"default": "./a.ts"}]}}', "", "a.ts", "a.ts"),
    ("pattern", '{"exports": {"./*": "./src/*.ts", "./x/*": "./y/*.ts"}}', "/x/a", "y/a.ts", "y/a.ts"),
    ("built pattern", '{"exports": {"./*": "./dist/*.js"}}', "/a/b", "src/a/b.ts", "src/a/b.ts"),
    ("subpath", "{}", "/a", "a.ts", "a.ts"),
    ("subpath in src", "{}", "/a.js", "src/a.ts", "src/a.ts"),
    ("null", '{"exports": {".": null}}', "", "src/index.ts", "src/index.ts"),
]


@pytest.mark.parametrize(
    ("manifest", "below", "there", "expected"), [each[1:] for each in ENTRIES], ids=[each[0] for each in ENTRIES]
)
def test_a_workspace_package_leads_to_its_source(manifest: str, below: str, there: str, expected: str) -> None:
    """Through exports, conditions and patterns, or by habit."""
    named = manifest.replace("{", '{"name": "@r/p", ', 1).replace(", }", "}")
    found = resolved(workspace(named, **{f"packages__p__{there[:-3].replace('/', '__')}": ""}), f"@r/p{below}")
    assert found == File(f"packages/p/{expected}")


WORKSPACES: list[tuple[str, dict[str, str]]] = [
    ("pnpm", {"pnpm-workspace.yaml": "packages: ['libs/**']\n"}),
    ("npm", {"package.json": '{"workspaces": ["./libs/*/"]}'}),
    ("yarn", {"package.json": '{"workspaces": {"packages": ["libs/*"]}}'}),
]


@pytest.mark.parametrize("files", [each[1] for each in WORKSPACES], ids=[each[0] for each in WORKSPACES])
def test_workspaces_are_declared_in_one_of_three_ways(files: dict[str, str]) -> None:
    """The nearest package holds a file."""
    files = {**files, "libs/a/package.json": '{"name": "a"}', "libs/a/src/index.ts": ""}
    resolver = Resolver(FakeFiles(files))
    assert resolver.resolve("x.ts", "a") == File("libs/a/src/index.ts")
    assert resolver.package_of("libs/a/src/index.ts") == "libs/a"
    assert resolver.package_of("libs/abc/x.ts") is None


def test_refused_broken_and_missing_packages() -> None:
    """A pattern with ``!`` refuses, a missing file is told; a broken manifest may name anything not built in."""
    files = workspace()
    assert resolved(files, "@r/no") == Package("@r/no")
    assert resolved(files, "@r/p") == Nowhere("'@r/p' names no file of the package in packages/p")
    broken = resolved(workspace("{"), "@r/p")
    assert isinstance(broken, Nowhere)
    assert "'@r/p' may be a package of this repository: packages/p/package.json cannot be read" in broken.why
    assert resolved(workspace("{"), "node:fs") == Package("node:fs")
    declared = {**workspace("{"), "package.json": '{"devDependencies": {"zod": "^4.1.0", "@r/p": "workspace:*"}}'}
    assert resolved(declared, "zod/mini") == Package("zod")
    assert isinstance(resolved(declared, "@r/p"), Nowhere)
    assert resolved(workspace('{"name": "@r/p", "main": "../../../etc/x"}'), "@r/p").__class__ is Nowhere
    with pytest.raises(Unreadable):
        resolved({"package.json": "{"}, "zod")


class Linked(FakeFiles):
    """Files of which some are links."""

    def __init__(self, files: dict[str, str], *links: str) -> None:
        super().__init__(files)
        self._links = links

    def exists(self, path: str) -> bool:
        if path in self._links:
            raise Unreadable(f"{path} is a symbolic link.")
        return super().exists(path)


@pytest.mark.parametrize("specifier", ["./b", "~/b", "lib/b"])
def test_what_leads_to_a_link_leads_nowhere(specifier: str) -> None:
    """As a file beside it, by an alias and under the base: it is no package from outside, and its sentence is told."""
    config = '{"compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["./lib/*"]}}}'
    found = Resolver(Linked({"tsconfig.json": config}, "lib/b.ts")).resolve("lib/a.ts", specifier)
    assert found == Nowhere(f"{specifier!r} leads nowhere: lib/b.ts is a symbolic link")


@pytest.mark.parametrize("path", ["tsconfig.json", "package.json", "pnpm-workspace.yaml"])
def test_a_configuration_that_is_a_link_is_not_passed_over(path: str) -> None:
    """Without it nobody knows where names lead."""
    with pytest.raises(Unreadable, match=f"{path} is a symbolic link"):
        Resolver(Linked({}, path)).resolve("a.ts", "zod")


PRIVATE: list[tuple[str, str, Resolution]] = [
    ('{"#db": "./src/db.ts"}', "#db", File("apps/api/src/db.ts")),
    ('{"#*": "./src/*.ts"}', "#db", File("apps/api/src/db.ts")),
    ('{"#db": {"node": "./dist/db.js"}}', "#db", File("apps/api/src/db.ts")),
    ('{"#db": "pg"}', "#db", Package("pg")),
    ('{"#db": "./none.ts"}', "#db", Nowhere("'#db' names no file of the repository")),
    ('{"#a": "./a.ts"}', "#db", Nowhere("'#db' names no file of the repository")),
]


@pytest.mark.parametrize(("imports", "specifier", "expected"), PRIVATE)
def test_private_imports_are_those_of_the_nearest_manifest(imports: str, specifier: str, expected: Resolution) -> None:
    """A path counts from its folder; a name is a package."""
    files = {"package.json": "{}", "apps/api/package.json": f'{{"imports": {imports}}}', "apps/api/src/db.ts": ""}
    assert resolved(files, specifier, "apps/api/routes/a.ts") == expected
