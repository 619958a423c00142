namespace AuxLossRnn.Cli.Tests;

/// <summary>Training that takes a second: an r-LSTM of 8 units on 200 drawn digits of 7×7 pixels, with a checkpoint every third step.</summary>
internal static class TinyRun
{
    internal const int PretrainingSteps = 11; // 183 of the 200 digits are trained on, in batches of 16
    internal const int Steps = 77;

    private static readonly (string Option, string Value)[] Options =
    [
        ("dataset", "stroke-digits"), ("side", "7"), ("train-limit", "200"), ("test-limit", "50"), ("model", "r-lstm"),
        ("encoding", "raw"), ("hidden", "8"), ("feed-forward-hidden", "8"), ("truncation", "10"), ("aux-truncation", "10"),
        ("segment", "12"), ("batch", "16"), ("pretrain-epochs", "1"), ("epochs", "6"), ("checkpoint-every", "3"),
        ("threads", "1"),
    ];

    /// <summary>The arguments, with some options changed or added.</summary>
    internal static string[] Train(string output, params (string Option, string Value)[] changes)
    {
        var values = new Dictionary<string, string>();
        foreach ((string option, string value) in Options.Concat(changes))
        {
            values[option] = value;
        }

        return ["train", .. values.SelectMany(pair => new[] { $"--{pair.Key}", pair.Value }), "--out", output];
    }

    /// <summary>The arguments that go on with it.</summary>
    internal static string[] Resume(string output, params (string Option, string Value)[] changes) =>
        [.. Train(output, changes), "--resume"];
}
