using Recount.ObjectStore;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Recount.Tests.ObjectStore;

public sealed class DirectoryObjectStoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private DirectoryObjectStore Store => new(new PosixFileSystem(), directory["store"]);

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Of_many_writers_of_one_key_exactly_one_wins_and_all_read_its_bytes()
    {
        var store = Store;
        for (var round = 0; round < 20; round++)
        {
            var key = $"recordings/{round}/object";
            var contents = Enumerable.Range(0, 8).Select(writer => Enumerable.Repeat((byte)writer, 5000).ToArray()).ToList();
            var won = await Task.WhenAll(contents.Select(async content =>
            {
                var isWinner = await store.PutIfAbsentAsync(key, new MemoryStream(content), CancellationToken.None);
                return (isWinner, Read: await ReadAsync(store, key, ReadFrom.Medium));
            }));
            var winner = Assert.Single(won.Index(), item => item.Item.isWinner).Index;
            Assert.All(won, item => Assert.Equal(contents[winner], item.Read));
        }

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(directory["store"], ".new")));
    }

    [Fact]
    public async Task A_put_that_fails_leaves_no_object()
    {
        var store = Store;
        await Assert.ThrowsAsync<IOException>(() => store.PutIfAbsentAsync("a/b", new FailingStream(), CancellationToken.None));
        Assert.Null(await store.OpenAsync("a/b", ReadFrom.Cache, CancellationToken.None));
        Assert.True(await store.PutIfAbsentAsync("a/b", new MemoryStream([1]), CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(directory["store"], ".new")));
    }

    [Fact]
    public void What_an_earlier_process_was_writing_is_removed()
    {
        Directory.CreateDirectory(Path.Combine(directory["store"], ".new"));
        File.WriteAllText(Path.Combine(directory["store"], ".new", "abandoned"), "x");
        _ = Store;
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(directory["store"], ".new")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("a/.")]
    [InlineData("a/.hidden")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a/")]
    public async Task A_key_stays_below_the_root(string key)
    {
        var store = Store;
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutIfAbsentAsync(key, new MemoryStream([1]), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenAsync(key, ReadFrom.Cache, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(key, CancellationToken.None));
    }

    [Fact]
    public async Task A_read_past_the_end_says_so()
    {
        var store = Store;
        await store.PutIfAbsentAsync("a/b", new MemoryStream([1, 2, 3]), CancellationToken.None);
        using var opened = (await store.OpenAsync("a/b", ReadFrom.Cache, CancellationToken.None))!;
        Assert.Equal(3, opened.Length);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await opened.ReadExactlyAsync(1, new byte[3], CancellationToken.None));
    }

    [Fact]
    public async Task Keys_are_listed_in_ordinal_order_after_any_key_and_below_any_prefix()
    {
        var random = TestSeed.Next(output);
        var store = Store;
        string[] names = ["a", "a-b", "a.b", "ab", "b", "0", "0.close", "00"];
        var keys = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var key = string.Join('/', random.GetItems(names, random.Next(1, 4)));
            if (!keys.Any(other => other.StartsWith(key + "/", StringComparison.Ordinal) || key.StartsWith(other + "/", StringComparison.Ordinal))
                && keys.Add(key))
            {
                await store.PutIfAbsentAsync(key, new MemoryStream([1]), CancellationToken.None);
            }
        }

        var prefixes = keys.Select(key => key[..random.Next(1, key.Length + 1)]).Where(prefix => !prefix.EndsWith('/')).Append("").ToList();
        foreach (var prefix in prefixes)
        {
            foreach (var after in keys.Select(key => key[..random.Next(1, key.Length + 1)]).Take(10).Append(null))
            {
                var expected = keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)
                    && (after is null || string.CompareOrdinal(key, after) > 0)).Order(StringComparer.Ordinal);
                var listed = await store.ListAsync(prefix, after, CancellationToken.None).ToListAsync();
                Assert.Equal(expected, listed);
            }
        }
    }

    [Fact]
    public async Task Prefixes_are_the_beginnings_of_keys()
    {
        var store = Store;
        foreach (var key in new[] { "intake/n1/b1/0", "intake/n1/b2/0", "intake/n2/b3/0", "intake/n1/b1/1" })
        {
            await store.PutIfAbsentAsync(key, new MemoryStream([1]), CancellationToken.None);
        }

        var listed = await store.ListPrefixesAsync("intake/", 2, CancellationToken.None).ToListAsync();
        Assert.Equal(["intake/n1/b1/", "intake/n1/b2/", "intake/n2/b3/"], listed.Order(StringComparer.Ordinal));
        Assert.Empty(await store.ListPrefixesAsync("nothing/", 2, CancellationToken.None).ToListAsync());
    }

    private static async Task<byte[]> ReadAsync(DirectoryObjectStore store, string key, ReadFrom from)
    {
        using var opened = (await store.OpenAsync(key, from, CancellationToken.None))!;
        using var content = new MemoryStream();
        await new StoredObjectStream(opened).CopyToAsync(content);
        return content.ToArray();
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("The source fails.");
    }
}
