using System.Globalization;
using System.Text;

namespace Recount.Benchmarks.Samples;

/// <summary>The document of a page: a list of cards that comes and goes, in rrweb's JSON.</summary>
internal sealed class SampleDocument
{
    private const int FirstCards = 120;
    private const int CardClasses = 12;
    private const int Skew = 4;
    private readonly Random random;
    private readonly SampleWords words;
    private readonly string[] classes;
    private readonly List<Card> cards = [];
    private int lastId = 10;
    private double animated;

    public SampleDocument(Random random)
    {
        this.random = random;
        words = new SampleWords(random);
        classes = [.. Enumerable.Range(0, CardClasses).Select(_ => $"{words.Word()}-{words.Word()} css-{random.Next():x8}")];
        for (var i = 0; i < FirstCards; i++)
        {
            cards.Add(NewCard());
        }
    }

    /// <summary>A node of the page: some of them live, most hardly ever change.</summary>
    public int AnyNode() => cards[(int)(cards.Count * Math.Pow(random.NextDouble(), Skew))].Id + random.Next(5);

    /// <summary>The page's input.</summary>
    public static int Input => 9;

    /// <summary>The tree of a full snapshot.</summary>
    public void WriteTree(StringBuilder json)
    {
        json.Append("{\"type\":0,\"childNodes\":[{\"type\":1,\"name\":\"html\",\"publicId\":\"\",\"systemId\":\"\",\"id\":2},{\"type\":2,\"tagName\":\"html\",\"attributes\":{\"lang\":\"en\"},\"childNodes\":[{\"type\":2,\"tagName\":\"head\",\"attributes\":{},\"childNodes\":[{\"type\":2,\"tagName\":\"style\",\"attributes\":{\"_cssText\":\"");
        foreach (var name in classes)
        {
            json.Append(CultureInfo.InvariantCulture, $".{name.Split(' ')[1]} {{ display: flex; margin: {name.Length}px; color: rgb({name[^1] % 9}0, 20, {name[^2] % 9}4); }} ");
        }

        json.Append("\"},\"childNodes\":[],\"id\":5}],\"id\":4},{\"type\":2,\"tagName\":\"body\",\"attributes\":{},\"childNodes\":[{\"type\":2,\"tagName\":\"input\",\"attributes\":{\"type\":\"search\",\"value\":\"\"},\"childNodes\":[],\"id\":9},{\"type\":2,\"tagName\":\"main\",\"attributes\":{\"class\":\"list\"},\"childNodes\":[");
        for (var i = 0; i < cards.Count; i++)
        {
            WriteCardTree(json.Append(i == 0 ? "" : ","), cards[i]);
        }

        json.Append("],\"id\":8}],\"id\":7}],\"id\":3}],\"id\":1}");
    }

    /// <summary>A mutation: a card comes, one goes, texts and attributes of others change.</summary>
    public void WriteMutation(StringBuilder json)
    {
        json.Append("{\"source\":0,\"texts\":[");
        var isRedraw = random.Next(3) == 0;
        if (!isRedraw)
        {
            json.Append(CultureInfo.InvariantCulture, $"{{\"id\":{AnyNode()},\"value\":\"{words.Phrase(random.Next(1, 6))} {random.Next(10_000)}\"}}");
        }

        json.Append("],\"attributes\":[");
        WriteAttributes(json);
        json.Append("],\"removes\":[");
        if (!isRedraw)
        {
            json.Append("],\"adds\":[]}");
            return;
        }

        Redraw(json);
        json.Append("]}");
    }

    private void Redraw(StringBuilder json)
    {
        var gone = cards[0];
        cards.RemoveAt(0);
        var card = NewCard();
        cards.Add(card);
        json.Append(CultureInfo.InvariantCulture, $"{{\"parentId\":8,\"id\":{gone.Id}}}],\"adds\":[");
        WriteCardAdds(json, card);
    }

    private void WriteAttributes(StringBuilder json)
    {
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            json.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"id\":{AnyNode()},\"attributes\":{{");
            if (random.Next(2) == 0)
            {
                json.Append(CultureInfo.InvariantCulture, $"\"class\":\"{classes[random.Next(CardClasses)]}\"}}}}");
            }
            else
            {
                animated = (animated + (random.NextDouble() * 8)) % 900;
                json.Append(CultureInfo.InvariantCulture, $"\"style\":{{\"transform\":\"translate3d(0px, {animated:0.##}px, 0px)\",\"opacity\":\"{animated / 900:0.##}\"}}}}}}");
            }
        }
    }

    private static void WriteCardTree(StringBuilder json, Card card) => json.Append(
        CultureInfo.InvariantCulture,
        $"{{{card.Root},\"childNodes\":[{{{card.Image},\"childNodes\":[],\"id\":{card.Id + 1}}},{{{card.Heading},\"childNodes\":[{{\"type\":3,\"textContent\":\"{card.Title}\",\"id\":{card.Id + 3}}}],\"id\":{card.Id + 2}}},{{\"type\":3,\"textContent\":\"{card.Text}\",\"id\":{card.Id + 4}}}],\"id\":{card.Id}}}");

    /// <summary>In a mutation rrweb lists each node by itself.</summary>
    private static void WriteCardAdds(StringBuilder json, Card card) => json.Append(
        CultureInfo.InvariantCulture,
        $"{{\"parentId\":8,\"nextId\":null,\"node\":{{{card.Root},\"childNodes\":[],\"id\":{card.Id}}}}},{{\"parentId\":{card.Id},\"nextId\":null,\"node\":{{\"type\":3,\"textContent\":\"{card.Text}\",\"id\":{card.Id + 4}}}}},{{\"parentId\":{card.Id},\"nextId\":{card.Id + 4},\"node\":{{{card.Heading},\"childNodes\":[],\"id\":{card.Id + 2}}}}},{{\"parentId\":{card.Id + 2},\"nextId\":null,\"node\":{{\"type\":3,\"textContent\":\"{card.Title}\",\"id\":{card.Id + 3}}}}},{{\"parentId\":{card.Id},\"nextId\":{card.Id + 2},\"node\":{{{card.Image},\"childNodes\":[],\"id\":{card.Id + 1}}}}}");

    private Card NewCard()
    {
        var id = lastId;
        lastId += 5;
        return new Card(
            id,
            $"\"type\":2,\"tagName\":\"article\",\"attributes\":{{\"class\":\"{classes[random.Next(CardClasses)]}\",\"data-id\":\"{random.Next(1_000_000)}\"}}",
            $"\"type\":2,\"tagName\":\"img\",\"attributes\":{{\"src\":\"https://shop.example/images/{words.Word()}-{random.Next():x}.webp\",\"alt\":\"{words.Phrase(3)}\"}}",
            $"\"type\":2,\"tagName\":\"h3\",\"attributes\":{{\"class\":\"{classes[random.Next(CardClasses)]}\"}}",
            words.Phrase(4),
            words.Phrase(random.Next(8, 30)));
    }

    /// <summary>An element with an image, a heading with a text, and a text: ids from <paramref name="Id"/> on.</summary>
    private sealed record Card(int Id, string Root, string Image, string Heading, string Title, string Text);
}
