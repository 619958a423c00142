using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Runtime;

public sealed class UserPathTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/", "/")]
    [InlineData("~/runs/a b", "/runs/a b")]
    public void A_tilde_at_the_start_is_the_home_folder(string path, string below)
    {
        Assert.NotEmpty(Home);
        Assert.Equal(Home + below, UserPath.Expand(path));
        Assert.Equal(Path.GetFullPath(Home + below), UserPath.Full(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("runs/~")]
    [InlineData("~backup.csv")]
    [InlineData("~$draft.xlsx")]
    [InlineData("./~/a")]
    [InlineData("$5 a piece.csv")]
    [InlineData("100%/a%/b")]
    public void Other_paths_stay_as_they_are(string path) => Assert.Equal(path, UserPath.Expand(path));

    [Theory]
    [InlineData("~anna/runs", "~anna")]
    [InlineData("$HOME/data", "$HOME")]
    [InlineData("${HOME}/data", "${HOME}")]
    [InlineData("$SCRATCH", "$SCRATCH")]
    [InlineData("%USERPROFILE%\\data", "%USERPROFILE%")]
    public void What_only_a_shell_knows_is_refused_instead_of_made(string path, string word) =>
        Assert.Equal(
            $"The path {path} begins with {word}, which stands for a folder in a shell alone. Write the folder itself, or ~/ for your home folder.",
            Assert.Throws<UserException>(() => UserPath.Expand(path)).Message);

    [Fact]
    public void Run_folders_and_files_that_are_written_are_below_the_home_folder()
    {
        string name = $"auxlossrnn-test-{Guid.NewGuid():N}";
        try
        {
            var spec = new ExperimentSpec();
            RunFolder.Open($"~/{name}/run", spec, resume: false).Begin(spec).Dispose();
            AtomicFile.WriteText($"~/{name}/a.txt", "a");

            Assert.True(RunFolder.Exists($"~/{name}/run"));
            Assert.Equal(Path.Combine(Home, name, "run"), RunFolder.Read($"~/{name}/run").Folder.Path);
            Assert.True(File.Exists(Path.Combine(Home, name, "a.txt")));
            Assert.False(Directory.Exists("~"));
        }
        finally
        {
            Directory.Delete(Path.Combine(Home, name), recursive: true);
        }
    }
}
