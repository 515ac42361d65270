namespace Recount.Primitives;

/// <summary>A part of the process whose state <c>/health/ready</c> shows; registered by its capability.</summary>
public interface IHealthPart
{
    /// <summary>A short stable name in lower case: <c>database</c>, <c>capture</c>.</summary>
    string Name { get; }

    /// <summary>Answers from memory: a health request never waits for an engine.</summary>
    HealthState Check();
}

/// <summary>How a part is.</summary>
/// <param name="Ready">False makes the whole process not ready (503).</param>
/// <param name="State">One stable word, for programs.</param>
/// <param name="Detail">What an operator needs to know, without personal data; null when there is nothing to say.</param>
public sealed record HealthState(bool Ready, string State, string? Detail = null);
