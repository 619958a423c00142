using System.Globalization;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

/// <summary>Files of own sequences that a spec names, and further sequences without labels beside them.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_split_a_test_file_is_tested_on_and_both_are_found_in_the_data_root()
    {
        Write("train.csv", 20, labelled: true);
        Write("test.csv", 6, labelled: true);
        Write("more.csv", 6, labelled: false);
        var files = new SequenceFiles { DataFile = _folder["train.csv"], Label = "class" };

        var progress = new ProgressList<ReadingProgress>();
        DatasetSplits alone = DatasetCatalog.Open(new DatasetRequest("mine", ValidationFraction: 0.1, Files: files), new DataRoot(_folder.Path), reading: progress);
        Assert.NotEmpty(progress.Reports);
        DatasetSplits pair = Open(files with { TestFile = "test.csv" });

        Assert.Equal((14, 2, 4), (alone.Train.Count, alone.Validation.Count, alone.Test.Count));
        Assert.Equal((18, 2, 6), (pair.Train.Count, pair.Validation.Count, pair.Test.Count));
        Assert.Contains("neither here nor in the data root", Refusal(files with { DataFile = "none.csv" }), StringComparison.Ordinal);
        Assert.StartsWith($"There is no {_folder["none.csv"]}.", Refusal(files with { TestFile = _folder["none.csv"] }), StringComparison.Ordinal);
        Assert.Contains("Say with Label which column", Refusal(new SequenceFiles { DataFile = "more.csv" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x0,x1,x2")]
    [InlineData("class,x0,x1,x2")] // there, but empty or of no class that is known
    public void Unlabelled_sequences_stand_after_those_that_are_trained_on(string header)
    {
        Write("train.csv", 20, labelled: true);
        bool column = header.StartsWith("class", StringComparison.Ordinal);
        File.WriteAllLines(_folder["more.csv"], [header, .. Enumerable.Range(0, 7).Select(i => (column ? (i % 2 == 0 ? "," : "unheard-of,") : "") + $"{i},{10 * i},1")]);
        var files = new SequenceFiles { DataFile = _folder["train.csv"], Label = "class" };

        DatasetSplits without = Open(files);
        DatasetSplits data = Open(files with { Unlabelled = _folder["more.csv"] });

        Assert.Equal(without.Train.Count + 7, data.WithUnlabelled!.Count);
        Assert.All(Enumerable.Range(data.Train.Count, 7), i => Assert.Equal(SequenceDataset.NoLabel, data.WithUnlabelled.Label(i)));
        // Scaled by the training part's numbers, and what is trained on is as without them.
        Assert.Equal(without.Train.Format!.Maximum, data.Train.Format!.Maximum);
        Assert.NotEqual(without.Train.Format.Split, data.Train.Format.Split);
        using SequenceBatch batch = data.WithUnlabelled.Batch([data.Train.Count + 3, 0, data.Train.Count + 1, 2]);
        using SequenceBatch own = data.Train.Batch([0, 2]);
        Assert.True(batch.Inputs.index_select(1, tensor(new long[] { 1, 3 })).equal(own.Inputs).all().item<bool>());
        double[] range = [.. data.Train.Format.Maximum!.Zip(data.Train.Format.Minimum!, (high, low) => high - low)];
        Assert.Equal((3 - data.Train.Format.Minimum![0]) / range[0], batch.Inputs[0, 0, 0].item<float>(), 1e-6);
        Assert.Equal((1 - data.Train.Format.Minimum![0]) / range[0], batch.Inputs[0, 2, 0].item<float>(), 1e-6);
        Assert.Equal([SequenceDataset.NoLabel, own.Labels[0].item<long>(), SequenceDataset.NoLabel, own.Labels[1].item<long>()], batch.Labels.data<long>().ToArray());
    }

    [Fact]
    public void Some_sequences_keep_their_values_lengths_labels_names_and_preparation()
    {
        OwnSequences all = OwnSequences.FromArrays(
            new[] { new[] { new[] { 1.0, 2 } }, [[3, 4], [5, double.NaN]], [[7, 8], [9, 10], [11, 12]] }, new[] { "a", "b", "c" }, lengthsDiffer: true, missing: true)
            .WithNames(["one", "two", "three"]).WithPreparation(new SequencePreparation(MissingValues.CarriedForward));

        OwnSequences some = all.Subset([2, 1]);

        Assert.Equal((2, 3, 2), (some.Count, some.Length(0), some.Length(1)));
        Assert.Equal([7, 9, 11], some.Channel(0, 0));
        Assert.Equal([4, double.NaN], some.Channel(1, 1));
        Assert.Equal(("c", "b", "three"), (some.Label(0), some.Label(1), some.Names![0]));
        Assert.Equal(all.Preparation, some.Preparation);
        OwnSequences texts = OwnSequences.FromTokens(["ab", "cd"], new[] { 0, 1 });
        Assert.Equal((texts.Levels, texts.Alphabet, 3.0), (texts.Subset([1]).Levels, texts.Subset([1]).Alphabet, texts.Subset([1]).Channel(0, 0)[1]));
        Assert.Contains("holds no sequence", Assert.Throws<UserException>(() => all.Subset([])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_in_another_order_are_refused_by_name_in_every_file()
    {
        Write("train.csv", 20, labelled: true);
        Write("test.csv", 6, labelled: true);
        File.WriteAllText(_folder["order.csv"], "class,x0,x2,x1\na,1,2,3\nb,3,2,1\n");
        File.WriteAllText(_folder["renamed.csv"], "target,x0,x1\n1,2,3\n");
        var files = new SequenceFiles { DataFile = _folder["train.csv"], Label = "class" };

        Assert.Contains("the column 'x2' stands where the network's data have 'x1'", Refusal(files with { TestFile = _folder["order.csv"] }), StringComparison.Ordinal);
        Assert.Contains("the column 'target' stands where", Refusal(files with { Unlabelled = _folder["renamed.csv"] }), StringComparison.Ordinal);
        SequenceFormat format = Open(files).Train.Format!;
        Assert.Contains("the column 'x2' stands", Assert.Throws<UserException>(() => format.Apply(OwnFiles.OpenUnlabelled(_folder["order.csv"], files))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_trained_on_is_not_tested_on_and_another_test_set_is_other_data()
    {
        Write("train.csv", 20, labelled: true);
        Write("test.csv", 6, labelled: true);
        var files = new SequenceFiles { DataFile = _folder["train.csv"], Label = "class", TestFile = _folder["test.csv"] };
        string before = Open(files).Train.Format!.Split;
        File.WriteAllText(_folder["test.csv"], File.ReadAllText(_folder["test.csv"]).Replace(",-5", ",-6", StringComparison.Ordinal)); // as many, one value another

        Assert.NotEqual(before, Open(files).Train.Format!.Split);
        Assert.Contains("trained on and tested on", Refusal(files with { TestFile = _folder["train.csv"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_unlabelled_sequences_are_other_data()
    {
        Write("train.csv", 20, labelled: true);
        Write("more.csv", 5, labelled: false);
        var files = new SequenceFiles { DataFile = _folder["train.csv"], Label = "class", Unlabelled = _folder["more.csv"] };
        string before = Open(files).Train.Format!.Split;
        File.AppendAllText(_folder["more.csv"], "1,2,3\n");

        Assert.NotEqual(before, Open(files).Train.Format!.Split);
        File.WriteAllText(_folder["more.csv"], "x0,x1\n1,2\n");
        Assert.Contains("sequences of 2 steps", Assert.Throws<UserException>(() => Open(files)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_of_two_sets_are_padded_to_the_longest_and_of_many_labelled_some_keep_their_label()
    {
        double[][] train = [.. Enumerable.Range(0, 12).Select(i => Enumerable.Range(0, 3).Select(t => (double)i + t).ToArray())];
        OwnSequences longer = OwnSequences.FromArrays(new[] { new double[] { 1, 2, 3, 4, 5 } }, lengthsDiffer: true);
        OwnSequences own = OwnSequences.FromArrays(train, train.Select((_, i) => i % 2).ToArray()).WithUnlabelled(longer);

        DatasetSplits data = own.Split(0, 0.25);

        Assert.True(data.Train.Format!.LengthsDiffer);
        using SequenceBatch batch = data.WithUnlabelled!.Batch([data.Train.Count, 0]);
        Assert.Equal([5, 2, 1], batch.Inputs.shape);
        Assert.Equal([5, 3], batch.OwnLengths);
        Assert.Contains("unlabelled sequences already", Assert.Throws<UserException>(() => own.WithUnlabelled(longer)).Message, StringComparison.Ordinal);
        Assert.Contains("has 2 channels", Assert.Throws<UserException>(() =>
            OwnSequences.FromArrays(train, new int[12]).WithUnlabelled(OwnSequences.FromArrays(new[] { new[] { new double[] { 1, 2 } } }))).Message, StringComparison.Ordinal);
    }

    private DatasetSplits Open(SequenceFiles files) => DatasetCatalog.Open(
        new DatasetRequest("mine", ValidationFraction: 0.1, Files: files), new DataRoot(_folder.Path));

    private string Refusal(SequenceFiles files) => Assert.Throws<UserException>(() => Open(files)).Message;

    private void Write(string name, int count, bool labelled) => File.WriteAllLines(
        _folder[name],
        [
            labelled ? "class,x0,x1,x2" : "x0,x1,x2",
            .. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(labelled ? $"{"ab"[i % 2]}," : "")}{i},{i * i % 7},{-i}")),
        ]);
}
