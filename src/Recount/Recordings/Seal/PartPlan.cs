using Recount.Recordings.Index;
using Recount.Wire;

namespace Recount.Recordings.Seal;

/// <summary>What a part is made of.</summary>
/// <param name="Page">The page.</param>
/// <param name="App">The session's app.</param>
/// <param name="WriteKeyHash">Hash of the session's write key.</param>
/// <param name="Part">The part's number.</param>
/// <param name="PreviousRoot">Root of the part before it; null for the first.</param>
/// <param name="Chunks">The chunks, in order of seq.</param>
public sealed record PartPlan(
    PageId Page, Guid App, Hash256 WriteKeyHash, int Part, Hash256? PreviousRoot, IReadOnlyList<IndexedChunk> Chunks);
