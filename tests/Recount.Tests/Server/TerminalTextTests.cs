using Recount.Server.Commands;

namespace Recount.Tests.Server;

public sealed class TerminalTextTests
{
    [Fact]
    public void What_was_recorded_cannot_steer_the_terminal_it_is_shown_on()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var output = new CommandOutput(writer, json: false);

        output.Line("http://shop/\u001b]0;pwned\u0007\r\nforged\u202egnp");
        output.Table(["a\u009b2J"], [["\u001b[31m"]]);

        Assert.Equal(
            "http://shop/\uFFFD]0;pwned\uFFFD\uFFFD\uFFFDforged\uFFFDgnp\na\uFFFD2J\n\uFFFD[31m\n", writer.ToString());
    }

    [Fact]
    public void A_text_of_any_language_is_shown_as_it_is() => Assert.Equal("Käse 奶酪 جبن 🧀", TerminalText.Of("Käse 奶酪 جبن 🧀"));
}
