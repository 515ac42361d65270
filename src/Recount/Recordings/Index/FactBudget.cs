using Recount.Wire.Chunks;

namespace Recount.Recordings.Index;

/// <summary>
/// Which entries of one chunk are copied for lists. A chunk of a few kilobytes may inflate to hundreds of thousands of
/// entries; were each of them a row, one visitor could fill the disk of the database, and no transaction could take the
/// object that holds them. What is over the budget is in the recording like anything else.
/// </summary>
/// <param name="maxBytes">Greatest data of all of them together.</param>
public struct FactBudget(long maxBytes)
{
    /// <summary>Most entries of one chunk. A page says of itself, of its person and of its clock a few things in 5 s.</summary>
    public const int MaxEntries = 64;

    private long bytesLeft = maxBytes;
    private int entriesLeft = MaxEntries;

    /// <returns>True when the entry is copied; then it is charged.</returns>
    public bool TryTake(in EntrySpan entry)
    {
        if (!EntryFact.IsFact(entry.Kind) || entry.DataOffset < 0 || entriesLeft == 0 || entry.DataLength > bytesLeft)
        {
            return false;
        }

        bytesLeft -= entry.DataLength;
        entriesLeft--;
        return true;
    }
}
