using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>What is wrong in a sweep's file is named by file, line and field before anything is trained.</summary>
public sealed class SweepFileRefusalTests
{
    private const string Base = "base: { side: 7, train_limit: 200, test_limit: 50, hidden: 8, batch: 16, encoding: raw, segment: 10 }\n";
    private const string Seeds = "seeds: [1]\n";
    private const string NearestOfTruncate = "'truncate' is no setting of a run. The nearest are truncation, drop_rate, array.";

    [Theory]
    [InlineData("", ", line 1: the file is empty. A sweep has base, axes and seeds.")]
    [InlineData("# nothing\n", ", line 1: the file is empty. A sweep has base, axes and seeds.")]
    [InlineData("- truncation: [1]\n", ", line 1: the file must be one mapping, such as seeds: [1, 2, 3].")]
    [InlineData("seeds: [1]\n---\nseeds: [2]\n", ", line 1: the file must be one mapping, such as seeds: [1, 2, 3].")]
    [InlineData("seeds: [1, 2\n", ", line 2, column 1: this is not YAML. While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("seeds: [1]\naxes:\n\t- truncation: [1]\n", ", line 3: this is not YAML. While scanning a mapping, found invalid tab as indentation.")]
    [InlineData("seeds: [1]\nbase: { hidden: 8 }\nbase: { hidden: 9 }\n", ", line 3, column 1: this is not YAML. Duplicate key base.")]
    [InlineData("seeds: [1]\nbase:\n  hidden: 8\n  hidden: 9\n", ", line 4, column 3: this is not YAML. Duplicate key hidden.")]
    [InlineData("question: why\nseeds: *others\n", ", line 2: this is not YAML. The anchor 'others' does not exists.")]
    public void A_damaged_file_is_named_with_its_line(string text, string problem) => Refused(text, problem);

    [Theory]
    [InlineData(Base, ", line 1, seeds: it is missing: give the seeds, such as seeds: [1, 2, 3].")]
    [InlineData(Base + "seeds: []\n", ", line 2, seeds: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData(Base + "seeds: 3\n", ", line 2, seeds: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData(Base + "seeds: [1, two]\n", ", line 2, seeds: it has 'two', but must hold whole numbers.")]
    [InlineData(Base + "seeds: [1, 2.5]\n", ", line 2, seeds: it has '2.5', but must hold whole numbers.")]
    [InlineData(Base + "seeds: [1, 2, 01]\n", ", line 2, seeds: The seeds 1, 2, 1 name one twice: a seed repeated is the same run, not another one.")]
    [InlineData(Base + Seeds + "axis:\n  - truncation: [1]\n", ", line 3, axis: it is unknown here. The file has name, question, base, axes, seeds, runs, slurm.")]
    [InlineData(Seeds + "base: 8\n", ", line 2, base: it must be settings of a run with their values, such as hidden: 64.")]
    [InlineData(Seeds + "base: { hiden: 8 }\n", ", line 2, base, hiden: 'hiden' is no setting of a run. The nearest are hidden, side, header.")]
    [InlineData(Seeds + "base:\n  side: 7\n  hidden: wide\n", ", line 4, base, hidden: hidden is 'wide', but must be a whole number.")]
    [InlineData(Seeds + "base: { hidden: [8, 9] }\n", ", line 2, hidden: it must be one value, not a list or a mapping.")]
    [InlineData(Seeds + "base: { hidden: }\n", ", line 2, base, hidden: hidden is '', but must be a whole number.")]
    [InlineData(Seeds + "base: { hidden: ~ }\n", ", line 2, base, hidden: hidden is 'none', but must be a whole number.")]
    [InlineData(Seeds + "base: { seed: 3 }\n", ", line 2, base, seed: The seeds of a sweep stand under 'seeds', for all its points: leave 'seed' out.")]
    [InlineData(Seeds + "base:\n  learning_rate: 0,001\n", ", line 3, base, learning_rate: learning_rate is '0,001', but must be a number.")]
    [InlineData(Seeds + "base: { learning_rate: .inf }\n", ", line 2, base, learning_rate: learning_rate is '.inf', but must be a number.")]
    [InlineData(Seeds + "base: { segment_checkpointing: yes }\n", ", line 2, base, segment_checkpointing: segment_checkpointing is 'yes', but must be one of: true, false.")]
    [InlineData(Seeds + "base: { dataset: minst }\n", ", line 2, base, dataset: There is no dataset 'minst'. Choose one of stroke-digits, mnist, pmnist, cifar10, stanford-dogs, dbpedia.")]
    [InlineData(Seeds + "base: { dataset: }\n", ", line 2, base, dataset: There is no dataset ''. Choose one of ")]
    [InlineData(Seeds + "base: { preset: table2/mnist/r-lstm-trunkate300 }\n", ", line 2, base, preset: There is no preset 'table2/mnist/r-lstm-trunkate300'. The presets, nearest first:\n  table2/mnist/r-lstm-truncate300\n")]
    [InlineData(Seeds + "base: { preset: table2/mnist/r-lstm-truncate300, budget: huge }\n", ", line 2, base, budget: There is no budget 'huge'. Choose budget smoke, laptop, overnight or paper.")]
    [InlineData(Seeds + "base: { budget: smoke }\n", ", line 2, budget: budget scales a preset: give 'preset' as well, or leave it out.")]
    [InlineData(Base + Seeds + "name: my study\n", ", line 3, name: it is 'my study', but must be a name that a file can have, without spaces.")]
    [InlineData(Base + Seeds + "question: [why]\n", ", line 3, question: it must be one value, not a list or a mapping.")]
    [InlineData(Base + Seeds + "slurm: { at_once: 0 }\n", ", line 3, at_once: it is 0, but must be a whole number from 1 on.")]
    public void A_wrong_field_is_named_with_its_line(string text, string problem) => Refused(text, problem);

    [Theory]
    [InlineData("axes: []\n", ", line 3, axes: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData("axes: { truncation: [1] }\n", ", line 3, axes: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData("axes:\n  - truncation\n", ", line 4, axes: it has an axis that is no setting with its values, such as - truncation: [1, 4, 16].")]
    [InlineData("axes:\n  - truncation: []\n", ", line 4, truncation: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData("axes:\n  - truncation: 4\n", ", line 4, truncation: it must be a list of one value or more, such as [1, 2, 3].")]
    [InlineData("axes:\n  - truncation: {}\n", ", line 4, truncation: The axis 'truncation' has no value: give it one or more.")]
    [InlineData("axes:\n  - hidden: [8]\n  - truncate: [1]\n", $", line 5, truncate: {NearestOfTruncate}")]
    [InlineData("axes:\n  - cut: { a: { truncate: 1 } }\n", $", line 4, cut, 'a', truncate: {NearestOfTruncate}")]
    [InlineData("axes:\n  - seed: [1, 2]\n", ", line 4, seed: The seeds of a sweep stand under 'seeds', for all its points: leave 'seed' out.")]
    [InlineData("axes:\n  - cut: { a: { seed: 1 } }\n", ", line 4, cut, 'a', seed: The seeds of a sweep stand under 'seeds', for all its points: leave 'seed' out.")]
    [InlineData("axes:\n  - hidden: [8, 16]\n    batch: [16, big]\n", ", line 5, batch: batch is 'big', but must be a whole number.")]
    [InlineData("axes:\n  - hidden:\n    - 8\n    - [9]\n", ", line 6, hidden: it must be one value, not a list or a mapping.")]
    [InlineData("axes:\n  - hidden: [8, 16]\n    batch: [16]\n", ", line 5, batch: it has 1 values where 'hidden', with which it moves, has 2: give as many of each.")]
    [InlineData("axes:\n  - hidden: [8, 8]\n", ", line 4, hidden: The axis 'hidden' has the value '8' twice: leave one out, or name both.")]
    [InlineData("axes:\n  - hidden: [8, 8]\n    batch: [16, 32]\n", ", line 4, hidden: The axis 'hidden' has the value '8' twice: leave one out, or name both.")]
    [InlineData("axes:\n  - cut: { '': { truncation: 1 } }\n", ", line 4, cut: The name of an axis or of a value is empty or has several lines: give it one line of text.")]
    [InlineData("axes:\n  - seeds: { few: { hidden: 8 } }\n", ", line 4, seeds: An axis cannot be named 'seeds', because the collected tables have that column: give it another name.")]
    [InlineData("axes:\n  - hidden: [8]\n  - hidden: [9]\n", ", line 5, hidden: Two axes set 'hidden': 'hidden' and 'hidden'. ")]
    [InlineData("axes:\n  - model: [lstm, gru]\n    hidden: [8, 9]\n  - hidden: [9]\n", ", line 6, hidden: Two axes set 'hidden': 'model' and 'hidden'. Settings that move together stand in one axis.")]
    [InlineData("axes:\n  - size: { small: { hidden: 8 } }\n  - cells: { few: { hidden: 9 } }\n", ", line 5, cells: Two axes set 'hidden': 'size' and 'cells'. Settings that move together stand in one axis.")]
    [InlineData("axes:\n  - size: { small: { hidden: 8 } }\n  - size: { many: { batch: 16 } }\n", ", line 5, size: Two axes set 'size': 'size' and 'size'. ")]
    [InlineData("axes:\n  - size: { small: 8 }\n", ", line 4, size, 'small': it must be settings of a run with their values, such as hidden: 64.")]
    public void A_wrong_axis_is_named_with_its_line(string axes, string problem) => Refused(Base + Seeds + axes, problem);

    [Theory]
    [InlineData("axes:\n  - hidden: [8, 16]\n  - truncation: [full, 4]\n  - model: [lstm, transformer]\n",
        ", line 5, truncation: The point hidden 8, truncation 4, model transformer: truncation is 4, but must be full with model: transformer: it looks at all steps at once, so there is nothing to truncate.")]
    [InlineData("axes:\n  - size:\n      good: { hidden: 8 }\n      bad: { hidden: 0 }\n", ", line 6, hidden: The point size bad: hidden is 0, but must be a whole number above 0.")]
    [InlineData("axes:\n  - model: [lstm, gru]\n    precision: [float32, bfloat16]\n",
        ", line 5, precision: The point model gru: precision is bfloat16, but must be float32 with model: gru: the kit computes LSTMs alone in bfloat16.")]
    public void A_point_that_cannot_be_trained_is_named_with_the_line_of_its_setting(string axes, string problem) => Refused(Base + Seeds + axes, problem);

    [Theory]
    [InlineData("axes:\n  - segment: [10, 49]\n", ", line 4, segment: The point segment 49: A segment of 49 steps does not fit sequences of 49 steps of stroke-digits: it needs one step more for its last target. Choose segment between 1 and 48.")]
    [InlineData("axes:\n  - hidden: [8, 16]\n    batch: [16, 500]\n", ", line 5, batch: The point hidden 16: There are 183 training examples, fewer than one batch of 500. Choose a smaller batch or a larger train_limit.")]
    [InlineData("axes:\n  - variants: [1, 2]\n", ", line 4, variants: The point variants 2: bounding_box and variants are for stanford-dogs alone: stroke-digits has neither boxes nor photographs to crop. Leave them out.")]
    [InlineData("axes:\n  - dataset: [stroke-digits, mnist]\n", ", line 4, dataset: The point dataset mnist: MNIST is incomplete: there is neither '")]
    public void A_point_that_does_not_fit_its_data_is_named_so_too(string axes, string problem)
    {
        using var folder = new TemporaryFolder();
        Sweep sweep = SweepFile.Read(folder.Write("study.yaml", Base + Seeds + axes + "runs: runs\n"));
        var data = new DataRoot(folder["data"]);

        var refused = Assert.Throws<UserException>(() => sweep.Check(data));
        string message = refused.Message;

        Assert.StartsWith(folder["study.yaml"] + problem, message, StringComparison.Ordinal);
        Assert.Equal([folder["study.yaml"]], Directory.EnumerateFileSystemEntries(folder.Path));
        if (!problem.Contains("mnist", StringComparison.Ordinal))
        {
            Assert.Equal(message, Assert.Throws<UserException>(() => sweep.Plan(data)).Message);
            Assert.Equal(message, Assert.Throws<UserException>(() => sweep.Train(data)).Message);
        }
        else
        {
            Assert.Contains("auxloss data fetch mnist", message, StringComparison.Ordinal);
            Assert.Contains("‹DataRoot›", refused.Template, StringComparison.Ordinal); // of which the command makes its option, and code the property
            Assert.Contains("DataRoot", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_named_with_its_line()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("study.yaml", [.. "seeds: [1]\nquestion: '"u8, 0xE4, .. "'\n"u8]);

        Assert.Equal($"{path}, line 2: this is not UTF-8. Save the file in that encoding.", Assert.Throws<UserException>(() => SweepFile.Read(path)).Message);
    }

    [Fact]
    public void A_folder_and_a_file_that_is_not_there_are_named()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal($"{folder.Path} is a folder, but must be a sweep's file, such as data/studies/reach.yaml.", Assert.Throws<UserException>(() => SweepFile.Read(folder.Path)).Message);
        Assert.StartsWith($"There is no {folder["study.yaml"]}. Give a sweep's file", Assert.Throws<UserException>(() => SweepFile.Read(folder["study.yaml"])).Message, StringComparison.Ordinal);
    }

    private static void Refused(string text, string problem)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("study.yaml", text);

        string message = Assert.Throws<UserException>(() => SweepFile.Read(path)).Message;

        Assert.True(message.StartsWith(path + problem, StringComparison.Ordinal), message);
        Assert.DoesNotContain("Exception", message, StringComparison.Ordinal);
        Assert.DoesNotContain("‹", message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
