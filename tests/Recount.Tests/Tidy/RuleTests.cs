namespace Recount.Tests.Tidy;

/// <summary>The rules themselves: each sample here is one that somebody would write.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("src/A.cs", "// TODO: later")]
    [InlineData("src/A.cs", "class OrderManager;")]
    [InlineData("src/A.cs", "sealed record struct TimeUtil;")]
    [InlineData("src/A.cs", "void PurgeQueue() { }")]
    [InlineData("src/A.cs", "var at = DateTime.UtcNow;")]
    [InlineData("src/A.cs", "const string sql = \"SELECT now()\";")]
    [InlineData("src/A.sql", "DEFAULT CURRENT_TIMESTAMP")]
    [InlineData("src/A.cs", "File.Move(a, b);")]
    [InlineData("src/A.cs", "Thread.Sleep(10);")]
    [InlineData("web/app/src/a.ts", "element.innerHTML = text;")]
    [InlineData("tests/A.cs", "await Task.Delay(100);")]
    [InlineData("tests/A.cs", "await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("tests/A.cs", "[Fact(Skip = \"flaky\")]")]
    [InlineData("web/app/test/a.test.ts", "it.only('works', () => {});")]
    [InlineData("docs/a.md", "see /home/me/notes")]
    [InlineData("web/package-lock.json", "\"resolved\": \"https://registry.example/a.tgz\"")]
    public void A_banned_word_is_found_with_its_line(string path, string line)
    {
        var finding = Assert.Single(BannedWord.All.SelectMany(word => word.In(new SourceFile(path, "\n" + line + "\n"))));
        Assert.Equal((path, 2), (finding.Path, finding.Line));
    }

    [Theory]
    [InlineData("src/A.cs", "// Never DateTime.UtcNow: a clock of its own.")]
    [InlineData("src/A.cs", "throw new X(\"Nothing is purged.\");")]
    [InlineData("src/A.cs", "// now() is the server's time.")]
    [InlineData("tests/A.cs", "await Task.Delay(pause, time, token);")]
    [InlineData("docs/a.md", "GET /api/home/ and https://example.com/home/x")]
    public void A_word_that_only_looks_banned_is_not_found(string path, string line) =>
        Assert.Empty(BannedWord.All.SelectMany(word => word.In(new SourceFile(path, line))));

    [Theory]
    [InlineData("Recount.Database", "using Recount.Access;")]
    [InlineData("Recount.Primitives", "Recount.Database.Db database;")]
    [InlineData("Recount.Capture", "using Recount.Database;")]
    [InlineData("Recount.Capture", "using Recount.Recordings.Index;")]
    [InlineData("Recount.Capture", "Recordings.Index.Indexer indexer;")]
    [InlineData("Recount.Recordings.Index", "using Recount.Capture;")]
    [InlineData("Recount.Recordings", "using Recount.Access;\nclass A(TokenStore tokens);")]
    [InlineData("Recount.Replay", "using Recount.Recordings.Release;")]
    [InlineData("Recount.Replay", "using Recount.Recordings.Seal;\nclass A(PageSealer sealer);")]
    [InlineData("Recount.Replay", "using static Recount.Server.Modules;")]
    [InlineData("Recount.Unheard", "using Recount.Database;")]
    public void A_forbidden_reference_is_found(string home, string code) =>
        Assert.NotEmpty(Dependencies.Forbidden(new SourceFile("src/Recount/X/A.cs", $"{code}\nnamespace {home};\n")));

    [Theory]
    [InlineData("Recount.Recordings", "using Recount.Access;\nclass A(AccountAccess access);")]
    [InlineData("Recount.Recordings.Index", "using Recount.Capture.Intake;")]
    [InlineData("Recount.Capture", "using Recount.Access;\nclass A(KeySnapshotCache keys);")]
    [InlineData("Recount.Server", "using Recount.Database;")]
    [InlineData("Recount.Database", "// As Recount.Access.TokenStore does.")]
    public void An_allowed_reference_is_not_found(string home, string code) =>
        Assert.Empty(Dependencies.Forbidden(new SourceFile("src/Recount/X/A.cs", $"{code}\nnamespace {home};\n")));

    [Fact]
    public void Comments_and_strings_are_not_code_and_the_holes_of_strings_are()
    {
        const string text = """"
            a(); // b
            c($"d {e("f")} {{g}}"); /* h */ i('"'); j(@"k""l"); m("""n "o" """); p("\"q"); r($$"""s {{t}} {u}""");
            """";
        var code = CSharpText.Of(text).Code;
        Assert.Equal("aceijmprt", string.Concat(code.Where(char.IsLetter)));
        Assert.Equal(text.Length, code.Length);
        Assert.Equal("acdefgijklmnopqrstu", string.Concat(CSharpText.Of(text).Commentless.Where(char.IsLetter)));
    }

    [Fact]
    public void Methods_are_measured_from_their_attributes_to_their_end()
    {
        var file = new SourceFile("A.cs", """
            namespace N;

            /// <summary>A method() in a comment {.</summary>
            public sealed class A(int x) : B(x => { })
            {
                private readonly int[] field = Make(() =>
                {
                });

                public int Property { get; init; } = Two(
                    2);

                [Sample("{")]
                public A()
                    : this(1)
                {
                    if (x) { }
                }

                public string Expression(int y) => y switch
                {
                    1 => "}",
                    _ => $"{y}",
                };

                private sealed record Inner(int Z)
                {
                    void Generic<T>() where T : class
                    {
                    }
                }
            }
            """);
        Assert.Equal(
            [("A.A", 13, 6), ("A.Expression", 20, 5), ("Inner.Generic", 28, 3)],
            CSharpMethod.In(file).Select(method => (method.Name, method.Line, method.Lines)));
    }

    [Fact]
    public void The_list_of_what_is_long_only_shrinks()
    {
        var listed = Ratchet.Listed("# sizes\nfile 300 a.cs\nfile 250 b.cs\nmethod 30 c.cs:C.D\nfile 210 gone.cs\n");
        Ratchet.Measured[] measures =
        [
            new("file", "a.cs", 301, 1), new("file", "b.cs", 240, 1), new("method", "c.cs:C.D", 30, 7),
            new("method", "c.cs:C.New", 26, 9),
        ];
        Assert.Equal(
            [("a.cs", "grew from 300 to 301"), ("b.cs", "lower it"), ("c.cs", "split"), (Ratchet.ListPath, "take its line out")],
            Ratchet.Compare(measures, listed).Zip(
                ["grew from 300 to 301", "lower it", "split", "take its line out"],
                (finding, words) => (finding.Path, finding.Message.Contains(words) ? words : finding.Message)));
    }

    [Fact]
    public void A_declaration_without_documentation_is_found()
    {
        var file = new SourceFile("A.cs", """
            /// <summary>Documented.</summary>
            [Serializable]
            public sealed class A;

            public enum B { }
            """);
        Assert.Equal(5, Assert.Single(DocumentationTests.Undocumented(file, "^ *public [^\n]*")).Line);
    }
}
