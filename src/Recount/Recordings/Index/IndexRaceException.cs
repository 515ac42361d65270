namespace Recount.Recordings.Index;

/// <summary>Two transactions met in a way that a second attempt resolves.</summary>
public sealed class IndexRaceException(string message) : Exception(message);
