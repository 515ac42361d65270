namespace Recount.Recordings.Index;

/// <summary>Two transactions met in a way that a second attempt resolves.</summary>
public sealed class IndexRaceException(string message) : Exception(message)
{
    private const int MaxAttempts = 5;

    /// <summary>Tries again after a race: the other transaction has ended by then.</summary>
    /// <param name="attempt">One attempt, from the beginning; given its number from 1.</param>
    /// <exception cref="IndexRaceException">Each of the attempts met another.</exception>
    internal static async Task<bool> RetryAsync(Func<int, Task<bool>> attempt)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt(number);
            }
            catch (IndexRaceException) when (number < MaxAttempts)
            {
                // The next attempt finds what the other one left.
            }
        }
    }
}
