using System.Text.Json.Nodes;
using System.Xml.Linq;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class KernelSpecTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary.Path;

    private string SpecFile => Path.Combine(Folder, ".net-csharp", "kernel.json");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void It_is_installed_over_itself_and_taken_away()
    {
        KernelSpec.Install(Folder, ["old"], force: false);
        KernelSpec.Install(Folder, ["/a b/auxloss", "kernel", "run"], force: false);

        JsonNode spec = JsonNode.Parse(File.ReadAllText(SpecFile))!;
        Assert.Equal(["/a b/auxloss", "kernel", "run", "{connection_file}"], spec["argv"]!.AsArray().Select(part => (string)part!));
        Assert.Equal((".NET (C#)", "C#", "message"), ((string?)spec["display_name"], (string?)spec["language"], (string?)spec["interrupt_mode"]));
        string logo = Path.Combine(Path.GetDirectoryName(SpecFile)!, "logo-svg.svg"); // the name is JupyterLab's
        Assert.Equal([SpecFile, logo], Directory.GetFiles(Path.GetDirectoryName(SpecFile)!).Order());
        Assert.Equal("svg", XDocument.Load(logo).Root!.Name.LocalName);

        Assert.Equal(Path.GetDirectoryName(SpecFile), KernelSpec.Uninstall(Folder));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
        Assert.Null(KernelSpec.Uninstall(Folder));
    }

    [Theory]
    [InlineData("""{"argv":["dotnet","interactive"]}""")]
    [InlineData("""{"metadata":{"maker":"other"}}""")]
    [InlineData("{")]
    [InlineData("[]")]
    public void Another_makers_is_left_alone(string spec)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SpecFile)!);
        File.WriteAllText(SpecFile, spec);

        Assert.Contains("--force", Assert.Throws<UserException>(() => KernelSpec.Install(Folder, ["auxloss"], force: false)).Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => KernelSpec.Uninstall(Folder));
        Assert.Equal(spec, File.ReadAllText(SpecFile));

        KernelSpec.Install(Folder, ["auxloss"], force: true);
        Assert.NotNull(KernelSpec.Uninstall(Folder));
    }

    [Fact]
    public void Files_that_others_put_beside_it_stay()
    {
        KernelSpec.Install(Folder, ["auxloss"], force: false);
        string logo = Path.Combine(Folder, ".net-csharp", "logo-64x64.png");
        File.WriteAllText(logo, "a picture");

        KernelSpec.Uninstall(Folder);

        Assert.True(File.Exists(logo));
        Assert.False(File.Exists(SpecFile));
    }

    [Fact]
    public void The_folder_is_where_Jupyter_looks()
    {
        Assert.Equal("chosen", KernelSpec.DataFolder(name => name == "JUPYTER_DATA_DIR" ? "chosen" : "other"));
        Assert.Equal(Path.GetFullPath("env/share/jupyter/kernels"), KernelSpec.KernelsFolder("env"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The rest is Linux's rule.");
        Assert.Equal("/data/jupyter", KernelSpec.DataFolder(name => name == "XDG_DATA_HOME" ? "/data" : null));
        Assert.EndsWith("/.local/share/jupyter", KernelSpec.DataFolder(_ => null), StringComparison.Ordinal);
    }
}
