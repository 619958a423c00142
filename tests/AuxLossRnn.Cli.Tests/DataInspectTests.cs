using AuxLossRnn.Data;

namespace AuxLossRnn.Cli.Tests;

public sealed class DataInspectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_file_holds_is_told()
    {
        string path = _folder.Write("gait.ts", "@dimensions 2\n@equalLength false\n@classLabel true up down\n@data\n0,1,2,3,4,5,6,7:5,5,5,5,5,5,5,5:up\n7,?,0:5,5,?:down\n1,2:5,5:up\n");

        string text = SurveyText.Of("gait.ts", OwnSequences.Open(path));

        string[] lines = text.Split('\n');
        Assert.Equal("gait.ts: a .ts file of the UCR and UEA archives", lines[0]);
        Assert.Equal("3 sequences, 2 to 8 steps, 13 in all, 2 channels", lines[1]);
        Assert.Equal("2 classes: down (1), up (2)", lines[2]);
        Assert.Equal("2 values are missing: Channel 0 in step 1 of sequence 1; Channel 1 in step 2 of sequence 1", lines[3]);
        Assert.Equal("      0             0             7       3.16667       2.47768         1", lines[6]);
        Assert.Equal("      1             5             5             5             0         1", lines[7]);
        Assert.Contains("          up 0 ▁▂▃▄▅▆▇█", lines);
        Assert.Contains("        down 0 █ ▁", lines);
        Assert.Contains("             1 ▅▅", lines);
    }

    [Fact]
    public void Many_classes_channels_and_gaps_are_cut_short()
    {
        string path = _folder.Write("many.tsv", string.Concat(Enumerable.Range(0, 14).Select(i => $"{i}\tNaN\t{i}\t1\n")));

        string text = SurveyText.Of("many.tsv", OwnSequences.Open(path));

        Assert.Contains("14 classes: 0 (1), 1 (1), ", text, StringComparison.Ordinal);
        Assert.Contains("11 (1), and 2 more\n", text, StringComparison.Ordinal);
        Assert.Contains("14 values are missing: Step 0 of sequence 0; ", text, StringComparison.Ordinal);
        Assert.Contains("; …\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("If lengths differ in these data, say lengthsDiffer: true; otherwise mend the sequence.", "If lengths differ in these data, say --lengths-differ true; otherwise mend the sequence.")]
    [InlineData("read the table with header: false.", "read the table with --header false.")]
    [InlineData("say separator: ';'.", "say --separator ';'.")]
    [InlineData("Say which: ‹Array=X_train›, or ‹MemoryBytes›.", "Say which: --array X_train, or --memory.")]
    public void A_message_names_options(string template, string message) => Assert.Equal(message, OptionNames.In(template));

    [Fact]
    [Trait("Category", "Slow")]
    public void The_command_draws_a_picture_and_refuses_what_is_damaged()
    {
        string path = _folder.Write("gait.ts", "@classLabel true up down\n@data\n0,1,2:up\n2,1,0:down\n");

        CommandResult told = AuxLoss.RunIn(_folder.Path, "data", "inspect", path, "--out", "x.png").ShouldExitWith(0);
        Assert.Contains("2 sequences, 3 steps each, 1 channel", told.Output, StringComparison.Ordinal);
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(_folder["x.png"])[..4]);

        _folder.Write("bad.ts", "@classLabel true up down\n@data\n0,1,2:up\n2,x,0:down\n");
        CommandResult refused = AuxLoss.RunIn(_folder.Path, "data", "inspect", "bad.ts").ShouldExitWith(2);
        Assert.Contains("Line 4, column 3 of ", refused.Error, StringComparison.Ordinal);
    }
}
