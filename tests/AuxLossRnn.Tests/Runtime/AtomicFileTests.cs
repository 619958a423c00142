using AuxLossRnn.Runtime;

namespace AuxLossRnn.Tests.Runtime;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_written_file_replaces_the_old_one_and_stands_alone()
    {
        AtomicFile.WriteText(_folder["a"], "old");
        AtomicFile.WriteText(_folder["a"], "new\n");

        Assert.Equal("new\n", File.ReadAllText(_folder["a"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_writer_that_throws_leaves_the_old_file_and_nothing_else()
    {
        AtomicFile.WriteText(_folder["a"], "old");

        var failure = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            throw new InvalidOperationException("enough");
        }));

        Assert.Equal("enough", failure.Message);
        Assert.Equal("old\n", File.ReadAllText(_folder["a"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_old_file_is_whole_until_the_new_one_is()
    {
        AtomicFile.WriteText(_folder["a"], "old");
        AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            Assert.Equal("old\n", File.ReadAllText(_folder["a"]));
        });

        Assert.Equal("half", File.ReadAllText(_folder["a"]));
    }

    [Fact]
    public void A_missing_folder_is_an_IOException() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteText(_folder[Path.Combine("missing", "a")], "text"));
}
