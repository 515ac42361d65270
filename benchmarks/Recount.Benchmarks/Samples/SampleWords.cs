namespace Recount.Benchmarks.Samples;

/// <summary>Words as a language uses them: a few often, most seldom. The vocabulary is the same for all pages.</summary>
internal sealed class SampleWords(Random random)
{
    private const int VocabularySize = 3000;
    private const int Skew = 3;
    private static readonly string[] Vocabulary = MakeVocabulary();

    public string Word() => Vocabulary[(int)(VocabularySize * Math.Pow(random.NextDouble(), Skew))];

    public string Phrase(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    private static string[] MakeVocabulary()
    {
        const string consonants = "bcdfghklmnprstvw";
        const string vowels = "aeiou";
        var random = new Random(VocabularySize);
        return [.. Enumerable.Range(0, VocabularySize).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(
            _ => $"{consonants[random.Next(consonants.Length)]}{vowels[random.Next(vowels.Length)]}{consonants[random.Next(consonants.Length)]}")))];
    }
}
