namespace Recount.Capture.Intake;

/// <summary>
/// Reads a closed object whose footer, or the sibling that closed it, cannot be read any more: its whole frames by their
/// markers, and the rest as damage. Without this it would look open for ever, and what it holds would never be archived.
/// </summary>
internal static class LostFooter
{
    /// <summary>Whether an object of a boot that goes on ends as a closed one does, one of both ends of its footer being whole.</summary>
    public static bool LooksClosed(IntakeObject found)
    {
        var tail = found.Bytes.Span[(int)Math.Min(found.Committed, found.Bytes.Length)..];
        return tail.Length >= IntakeFormat.FooterBytes
            && (tail.EndsWith(IntakeFormat.FooterMagic)
                || (tail.StartsWith(found.Marker) && tail[IntakeFormat.MarkerBytes] == IntakeFormat.FooterType));
    }

    /// <param name="found">The object, as an open one is read.</param>
    /// <param name="hasSibling">
    /// It has a closing sibling, so that what follows its last commit mark may never have been acknowledged.
    /// </param>
    public static IntakeObject Restore(IntakeObject found, bool hasSibling)
    {
        var committed = hasSibling || found.Marker is null ? found.Committed : found.Bytes.Length;
        var read = found.Marker is { } marker
            ? IntakeObjectReader.Read(found.Key, found.Bytes, IntakeFormat.WriteFooter(marker, Nothing(found, committed)))
            : found;

        // A file that was cut off between two records shows no damage of its own.
        if (hasSibling || read.Damage.Count == 0)
        {
            var end = Math.Min(committed, found.Bytes.Length);
            read = read with { Damage = [.. read.Damage, new IntakeDamage(end, found.Bytes.Length - end, Proven: true)] };
        }

        return read with { Footer = IntakeRecovery.Describe(read, IntakeClosing.Damaged) };
    }

    private static IntakeFooter Nothing(IntakeObject found, long committed) =>
        IntakeRecovery.Describe(found with { Committed = committed, Frames = [], Damage = [] }, IntakeClosing.Damaged);
}
