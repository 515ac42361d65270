namespace Recount.Tests.Tidy;

/// <summary>
/// C# with what is not code blanked out; every character keeps its place, so an index means the same in each form. It
/// knows comments, strings of every kind and the code inside interpolated ones; it does not know the preprocessor.
/// </summary>
internal sealed class CSharpText
{
    private readonly string text;
    private readonly char[] code;
    private readonly char[] commentless;
    private int at;

    private CSharpText(string text)
    {
        this.text = text;
        code = text.ToCharArray();
        commentless = text.ToCharArray();
    }

    /// <summary>Code only: comments and the content of strings are spaces.</summary>
    public string Code => new(code);

    /// <summary>Code and strings, without comments.</summary>
    public string Commentless => new(commentless);

    public static CSharpText Of(string text)
    {
        var masked = new CSharpText(text);
        masked.ReadCode(closing: null);
        return masked;
    }

    /// <summary>Reads code to the end, or to the brace that closes a hole of an interpolated string.</summary>
    private void ReadCode(int? closing)
    {
        var depth = 0;
        while (at < text.Length)
        {
            if (closing is not null && depth == 0 && text[at] == '}')
            {
                return;
            }

            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (Starts("//"))
            {
                Blank(EndOfLine(), comment: true);
            }
            else if (Starts("/*"))
            {
                var end = text.IndexOf("*/", at, StringComparison.Ordinal);
                Blank(end < 0 ? text.Length : end + 2, comment: true);
            }
            else if (text[at] == '\'')
            {
                ReadCharacter();
            }
            else if (!TryReadString())
            {
                at++;
            }
        }
    }

    private bool TryReadString()
    {
        var start = at;
        var prefix = at;
        while (prefix < text.Length && text[prefix] is '$' or '@')
        {
            prefix++;
        }

        if (prefix >= text.Length || text[prefix] != '"')
        {
            return false;
        }

        var dollars = text[start..prefix].Count(character => character == '$');
        var verbatim = text[start..prefix].Contains('@');
        at = prefix;
        var quotes = CountQuotes();
        if (quotes >= 3)
        {
            at += quotes;
            ReadContent(dollars, new string('"', quotes), StringKind.Raw);
        }
        else
        {
            at++;
            ReadContent(dollars, "\"", verbatim ? StringKind.Verbatim : StringKind.Plain);
        }

        return true;
    }

    private void ReadContent(int dollars, string ending, StringKind kind)
    {
        while (at < text.Length)
        {
            if (kind == StringKind.Verbatim && Starts("\"\""))
            {
                Blank(at + 2, comment: false);
            }
            else if (Starts(ending))
            {
                at += ending.Length;
                return;
            }
            else if (kind == StringKind.Plain && text[at] == '\\')
            {
                Blank(at + 2, comment: false);
            }
            else if (dollars > 0 && kind != StringKind.Raw && (Starts("{{") || Starts("}}")))
            {
                Blank(at + 2, comment: false);
            }
            else if (dollars > 0 && Starts(new string('{', dollars)))
            {
                at += dollars;
                ReadCode(closing: dollars);
                at += dollars;
            }
            else
            {
                Blank(at + 1, comment: false);
            }
        }
    }

    private void ReadCharacter()
    {
        var end = at + 1;
        while (end < text.Length && text[end] is not ('\'' or '\n'))
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        at++;
        Blank(end, comment: false);
        at++;
    }

    private void Blank(int end, bool comment)
    {
        for (end = Math.Min(end, text.Length); at < end; at++)
        {
            if (text[at] != '\n')
            {
                code[at] = ' ';
                commentless[at] = comment ? ' ' : commentless[at];
            }
        }
    }

    private bool Starts(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private int CountQuotes()
    {
        var end = at;
        while (end < text.Length && text[end] == '"')
        {
            end++;
        }

        return end - at;
    }

    private int EndOfLine()
    {
        var end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end;
    }

    private enum StringKind
    {
        Plain,
        Verbatim,
        Raw,
    }
}
