using Recount.Primitives;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Primitives;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TemporaryDirectory directory = new();
    private readonly PosixFileSystem files = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_alone_and_an_open_one_is_closed()
    {
        var path = directory["open"];
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        using var data = DataDirectory.Open(files, path);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(data.Root));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(data.RuntimeDirectory));
    }

    [Fact]
    public void A_second_holder_is_told_of_the_first()
    {
        using var data = DataDirectory.Open(files, directory["data"]);

        var refused = Assert.Throws<IOException>(() => DataDirectory.Open(files, directory["data"]));

        Assert.Contains($"in use by process {Environment.ProcessId}", refused.Message);
        Assert.True(Directory.Exists(data.RuntimeDirectory));
    }

    [Fact]
    public void It_can_be_held_again_after_it_was_let_go()
    {
        string first;
        using (var data = DataDirectory.Open(files, directory["data"]))
        {
            first = data.RuntimeDirectory;
            Assert.Equal(first, DataDirectory.RuntimeDirectoryOf(data.Root));
        }

        Assert.False(Directory.Exists(first));
        Assert.Null(DataDirectory.RuntimeDirectoryOf(directory["data"]));
        using var again = DataDirectory.Open(files, directory["data"]);
        Assert.NotEqual(first, again.RuntimeDirectory);
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_by_the_next()
    {
        string left, text;
        using (var data = DataDirectory.Open(files, directory["data"]))
        {
            (left, text) = (data.RuntimeDirectory, File.ReadAllText(Path.Combine(data.Root, "runtime")));
        }

        Directory.CreateDirectory(left);
        Directory.CreateDirectory(RuntimeDirectory.EngineDirectory(left));
        File.WriteAllText(Path.Combine(directory["data"], "runtime"), text);

        using var again = DataDirectory.Open(files, directory["data"]);

        Assert.False(Directory.Exists(left));
        Assert.False(Directory.Exists(RuntimeDirectory.EngineDirectory(left)));
    }

    [Fact]
    public void A_copy_leaves_the_sockets_of_the_original_alone()
    {
        using var original = DataDirectory.Open(files, directory["data"]);
        Directory.CreateDirectory(directory["copy"]);
        File.Copy(Path.Combine(original.Root, "runtime"), Path.Combine(directory["copy"], "runtime"));

        Assert.Null(DataDirectory.RuntimeDirectoryOf(directory["copy"]));
        using var copy = DataDirectory.Open(files, directory["copy"]);

        Assert.True(Directory.Exists(original.RuntimeDirectory));
        Assert.Equal(original.RuntimeDirectory, DataDirectory.RuntimeDirectoryOf(original.Root));
    }

    [Fact]
    public void It_is_found_by_another_way_to_it()
    {
        using var data = DataDirectory.Open(files, directory["data"]);
        File.CreateSymbolicLink(directory["link"], data.Root);

        Assert.Equal(data.RuntimeDirectory, DataDirectory.RuntimeDirectoryOf(directory["link"]));
    }

    [Fact]
    public void A_parent_for_sockets_that_is_too_long_is_an_error_with_its_key()
    {
        var parent = directory[new string('x', RuntimeDirectory.MaxParentLength)];

        var refused = Assert.Throws<IOException>(() => DataDirectory.Open(files, directory["data"], parent));

        Assert.Contains("Server:RuntimeDirectory", refused.Message);
        using var unlocked = DataDirectory.Open(files, directory["data"]);
    }
}
