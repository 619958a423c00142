
namespace AuxLossRnn.Data.Tests;

public sealed class DataRootTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_option_wins_over_the_environment_variable()
    {
        Assert.Equal(Below("option"), DataRoot.Resolve(Below("option"), Below("environment"), _folder.Path).Folder);
        Assert.Equal(Below("environment"), DataRoot.Resolve(null, Below("environment"), _folder.Path).Folder);
        Assert.Equal(Below("environment"), DataRoot.Resolve("", Below("environment"), _folder.Path).Folder);
    }

    [Fact]
    public void A_relative_folder_lies_below_the_current_directory() =>
        Assert.Equal(Below("mine"), DataRoot.Resolve("mine", null, _folder.Path).Folder);

    [Fact]
    public void Without_either_the_cache_of_the_repository_around_is_taken()
    {
        _folder.Write("AuxLossRnn.sln", []);
        string deep = Directory.CreateDirectory(Below("notebooks/figures")).FullName;

        Assert.Equal(Below("data/cache"), DataRoot.Resolve(null, "", deep).Folder);
    }

    [Fact]
    public void Outside_a_repository_the_cache_lies_below_the_current_directory() =>
        Assert.Equal(Below("data/cache"), DataRoot.Resolve(null, null, _folder.Path).Folder);

    [Fact]
    public void The_real_environment_and_directory_are_used()
    {
        Assert.Equal(_folder.Path, DataRoot.Resolve(_folder.Path).Folder);
        Assert.Equal(
            DataRoot.Resolve(null, Environment.GetEnvironmentVariable("AUXLOSSRNN_DATA"), Environment.CurrentDirectory),
            DataRoot.Resolve(null));
    }

    [Fact]
    public void Paths_of_the_manifest_lie_below_the_folder() =>
        Assert.Equal(Below("mnist/x.gz"), new DataRoot(_folder.Path).PathOf("mnist/x.gz"));

    private string Below(string path) => Path.GetFullPath(Path.Combine(_folder.Path, path));
}
