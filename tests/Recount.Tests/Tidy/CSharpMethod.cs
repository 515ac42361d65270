using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

/// <summary>A method, constructor or operator.</summary>
/// <param name="Name"><c>Type.Method</c>; overloads share it.</param>
/// <param name="Line">Where its attributes or its signature begin.</param>
/// <param name="Lines">From there to its last brace or semicolon.</param>
internal sealed record CSharpMethod(string Name, int Line, int Lines)
{
    private static readonly Regex Type =
        new(@"(?<![\w.])(?:class|struct|record|interface|enum)\s+(?:struct\s+|class\s+)?(?<name>\w+)");

    private static readonly Regex Signature = new(@"^[^=(]*?(?<name>[\w~]+|operator\s*\S+)\s*(?:<[^(=]*>)?\s*\(");

    /// <summary>The methods of a file. What is inside a method, local functions too, counts as its own.</summary>
    public static IEnumerable<CSharpMethod> In(SourceFile file)
    {
        var code = file.CSharp.Code;
        var types = new Stack<string>();
        var start = 0;
        for (var at = 0; at < code.Length; at++)
        {
            if (code[at] == '(' || code[at] == '[')
            {
                at = Closing(code, at);
            }
            else if (code[at] == '}')
            {
                types.TryPop(out _);
                start = at + 1;
            }
            else if (code[at] == '{' && Type.Match(code[start..at]) is { Success: true } type)
            {
                types.Push(type.Groups["name"].Value);
                start = at + 1;
            }
            else if (code[at] is '{' or ';' || IsArrow(code, at))
            {
                at = EndOfMember(code, at);
                if (types.TryPeek(out var owner) && Named(code[start..Math.Min(at + 1, code.Length)]) is { } name)
                {
                    var first = file.LineOf(start + code[start..].TakeWhile(char.IsWhiteSpace).Count());
                    yield return new CSharpMethod($"{owner}.{name}", first, file.LineOf(at) - first + 1);
                }

                start = at + 1;
            }
        }
    }

    private static string? Named(string member)
    {
        var withoutAttributes = Regex.Replace(member, @"^\s*(\[[^\]]*\]\s*)+", "");
        return Signature.Match(withoutAttributes) is { Success: true } match ? match.Groups["name"].Value : null;
    }

    private static int EndOfMember(string code, int at)
    {
        while (at < code.Length && code[at] is not (';' or '{'))
        {
            at = code[at] is '(' or '[' ? Closing(code, at) + 1 : at + 1;
        }

        if (at >= code.Length || code[at] == ';')
        {
            return Math.Min(at, code.Length - 1);
        }

        // A switch or initialiser in an expression body goes on after its brace.
        var end = Closing(code, at);
        var rest = end + 1;
        while (rest < code.Length && char.IsWhiteSpace(code[rest]))
        {
            rest++;
        }

        return rest < code.Length && code[rest] is ';' or '.' or ',' or ')' or '?' or '=' or ':'
            ? EndOfMember(code, rest)
            : end;
    }

    private static int Closing(string code, int at)
    {
        var depth = 0;
        for (; at < code.Length; at++)
        {
            depth += code[at] switch { '{' or '(' or '[' => 1, '}' or ')' or ']' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return code.Length - 1;
    }

    private static bool IsArrow(string code, int at) => code[at] == '=' && at + 1 < code.Length && code[at + 1] == '>';
}
