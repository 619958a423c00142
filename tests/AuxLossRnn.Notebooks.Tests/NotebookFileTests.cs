using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class NotebookFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    [Fact]
    public void A_file_may_be_there_or_not()
    {
        Assert.Equal(At("new.ipynb"), NotebookFile.Require(At("new.ipynb")));
        Assert.Equal(At("empty.ipynb"), NotebookFile.Require(_folder.Write("empty.ipynb", "")));
        Assert.Equal(At("full.ipynb"), NotebookFile.Require(_folder.Write("full.ipynb", "{}")));
    }

    [Theory]
    [InlineData(".", "is a folder")]
    [InlineData("there", "is a folder")]
    [InlineData("there/", "is a folder")]
    [InlineData("not-there/", "is a folder")]
    [InlineData("link-to-folder", "is a folder")]
    [InlineData("circle", "is no place for a notebook")]
    [InlineData("/dev/full", "is a device")]
    [InlineData("link-to-device", "is a device")]
    public void A_folder_and_a_device_are_refused(string name, string told)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links and devices are made as on Linux.");
        Directory.CreateDirectory(At("there"));
        File.CreateSymbolicLink(At("link-to-folder"), At("there"));
        File.CreateSymbolicLink(At("circle"), At("circle"));
        File.CreateSymbolicLink(At("link-to-device"), "/dev/null");

        Assert.Contains(told, Assert.Throws<UserException>(() => NotebookFile.Require(At(name))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_stays_one_and_its_target_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets few users make links.");
        _folder.Write("real/n.ipynb", "old");
        File.CreateSymbolicLink(At("second"), At("real/n.ipynb"));
        File.CreateSymbolicLink(At("first"), "second");
        NotebookDocument notebook = NotebookDocument.Create();
        notebook.Write(At("first"));

        Assert.Equal("second", new FileInfo(At("first")).LinkTarget);
        Assert.Equal(notebook.ToJson(), File.ReadAllText(At("real/n.ipynb")));
        Assert.Equal([At("real/n.ipynb")], Directory.GetFiles(At("real")));
    }
}
