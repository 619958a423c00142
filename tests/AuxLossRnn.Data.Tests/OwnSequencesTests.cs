using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;
using TorchSharp;

namespace AuxLossRnn.Data.Tests;

public sealed class OwnSequencesTests
{
    private static readonly Gen<float[][][]> Channels =
        Gen.Select(Gen.Int[2, 8], Gen.Int[1, 6], Gen.Int[1, 3]).SelectMany((count, steps, features) =>
            Gen.Float[-1e6f, 1e6f].Array[features].Array[steps].Array[count]);

    [Theory]
    [InlineData("Cat", "cat")]
    [InlineData("cat", "cat ")]
    [InlineData("\u00c4rger", "\u00e4rger")]
    public void Classes_that_look_alike_are_named(string one, string other) => Assert.Contains(
        $"has classes that look alike: '{one}', '{other}'. If they are one class, give it one name",
        Assert.Throws<UserException>(() => OwnSequences.FromArrays(new[] { new[] { 1.0 }, [2.0], [3.0] }, new[] { one, other, "fox" })).Message.Replace("arrays ", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public void Letters_are_classes_in_both_their_cases() =>
        Assert.Equal([0, 1], OwnSequences.FromArrays(new[] { new[] { 1.0 }, [2.0] }, new[] { "A", "a" }).Indices(["A", "a"]));

    [Fact]
    public void Arrays_of_every_form_are_the_same_set() => Channels.Sample(sequences =>
    {
        (int count, int steps, int features) = (sequences.Length, sequences[0].Length, sequences[0][0].Length);
        float[,,] cube = new float[count, steps, features];
        foreach ((int i, int t, int f) in Places(count, steps, features))
        {
            cube[i, t, f] = sequences[i][t][f];
        }

        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        var jagged = OwnSequences.FromArrays(sequences, labels);
        var rectangular = OwnSequences.FromArrays(cube, labels);
        var doubles = OwnSequences.FromArrays(sequences.Select(one => one.Select(step => step.Select(x => (double)x).ToArray()).ToArray()).ToArray(), labels);

        Assert.Equal((count, steps, features), (jagged.Count, jagged.Steps, jagged.Features));
        foreach (OwnSequences set in new[] { jagged, rectangular, doubles })
        {
            foreach ((int i, int t, int f) in Places(count, steps, features))
            {
                Assert.Equal(sequences[i][t][f], set.ValuesAt(i, t)[f]);
            }
        }
    });

    [Fact]
    public void One_channel_needs_no_array_of_its_own()
    {
        var jagged = OwnSequences.FromArrays([[1, 2], [3, 4.5f]], new[] { "a", "b" });
        var rectangular = OwnSequences.FromArrays(new[,] { { 1, 2 }, { 3, 4.5f } }, new[] { "a", "b" });

        Assert.Equal((2, 2, 1), (jagged.Count, jagged.Steps, jagged.Features));
        Assert.Equal((2, 2, 1), (rectangular.Count, rectangular.Steps, rectangular.Features));
        Assert.Equal([4.5f], jagged.ValuesAt(1, 1));
        Assert.Equal([4.5f], rectangular.ValuesAt(1, 1));
    }

    [Fact]
    public void Batches_are_time_major_and_scaled_by_the_training_part_alone() => Channels.Sample(sequences =>
    {
        (int count, int steps, int features) = (sequences.Length, sequences[0].Length, sequences[0][0].Length);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        float[][][] others = [.. sequences.Select(one => one.Select(step => step.Select(x => 3 * x + 1).ToArray()).ToArray())];
        DatasetSplits data = OwnSequences.FromArrays(sequences, labels)
            .Split(OwnSequences.FromArrays(sequences, labels), OwnSequences.FromArrays(others, labels));

        foreach ((SequenceDataset part, float[][][] raw) in new[] { (data.Train, sequences), (data.Test, others) })
        {
            int[] order = [.. Enumerable.Range(0, count).Reverse()];
            using SequenceBatch batch = part.Batch(order);
            Assert.Equal([steps, count, features], batch.Inputs.shape);
            float[] inputs = batch.Inputs.data<float>().ToArray();
            byte[] tokens = batch.Tokens.data<byte>().ToArray();
            foreach ((int i, int t, int f) in Places(count, steps, features))
            {
                double low = sequences.SelectMany(one => one).Min(step => step[f]);
                double high = sequences.SelectMany(one => one).Max(step => step[f]);
                double expected = high > low ? (raw[order[i]][t][f] - low) / (high - low) : 0;
                int at = (t * count + i) * features + f;
                Assert.Equal(expected, inputs[at], 1e-3 * Math.Max(1, Math.Abs(expected)));
                Assert.Equal(Math.Clamp(Math.Round(255 * inputs[at]), 0, 255), tokens[at], 1.0);
            }

            Assert.Equal(order.Select(i => (long)labels[i]), batch.Labels.data<long>().ToArray());
            Assert.All(batch.Lengths.data<long>().ToArray(), length => Assert.Equal(steps, length));
        }

        Assert.All(sequences.Index(), one => Assert.Equal(labels[one.Index], data.Train.Label(one.Index)));
    }, iter: 30, threads: 1);

    [Fact]
    public void Sequences_of_differing_lengths_keep_their_own() =>
        Gen.Select(Gen.Int[2, 8], Gen.Int[1, 3]).SelectMany((count, features) =>
            Gen.Float[-1e6f, 1e6f].Array[features].Array[1, 7].Array[count]).Sample(sequences =>
        {
            int features = sequences[0][0].Length;
            int[] labels = [.. Enumerable.Range(0, sequences.Length).Select(i => i % 2)];
            var own = OwnSequences.FromArrays(sequences, labels, lengthsDiffer: true);
            SequenceDataset data = own.Split(0, 0).Train;
            Assert.Equal(sequences.Select(one => one.Length), Enumerable.Range(0, own.Count).Select(data.Length));
            Assert.Equal(sequences.Max(one => one.Length), data.Steps);

            // The longest of the batch, not of the set, is its number of steps.
            int[] chosen = [own.Count - 1, 0];
            int steps = Math.Max(own.Length(0), own.Length(own.Count - 1));
            using SequenceBatch batch = data.Batch(chosen);
            Assert.Equal([steps, 2, features], batch.Inputs.shape);
            Assert.Equal(chosen.Select(own.Length), batch.OwnLengths);
            float[] inputs = batch.Inputs.data<float>().ToArray();
            SequenceFormat format = data.Format!;
            foreach ((int t, int b, int f) in Places(steps, 2, features))
            {
                float[][] one = sequences[chosen[b]];
                double range = (double)format.Maximum![f] - format.Minimum![f];
                double expected = t < one.Length && range > 0 ? ((double)one[t][f] - format.Minimum[f]) / range : 0;
                Assert.Equal(expected, inputs[(t * 2 + b) * features + f], 1e-3);
            }
        }, iter: 50, threads: 1);

    [Fact]
    public void Texts_of_differing_lengths_keep_their_levels_in_new_ones()
    {
        SequenceDataset others = TrainedOnLengths.Apply(OwnSequences.FromTokens(["b", "bbab"], lengthsDiffer: true));
        using SequenceBatch batch = others.Batch([1, 0]);

        Assert.Equal("arrays: sequences of at most 2 steps, 1 channels", $"{TrainedOnLengths}".Split('\n')[0].TrimEnd());
        Assert.Equal([1, 1, 1, 0, 0, 0, 1, 0], batch.Tokens.data<byte>().ToArray());
        Assert.Equal([4, 1], batch.OwnLengths);
    }

    [Fact]
    public void A_channel_that_never_changes_is_read_as_zero()
    {
        using SequenceBatch batch = OwnSequences.FromArrays([[7f, 7], [7, 7]], new[] { 0, 1 }).Split(0, 0).Train.Batch([0, 1]);

        Assert.Equal([0, 0, 0, 0], batch.Inputs.data<float>().ToArray());
    }

    [Fact]
    public void A_channel_that_never_changed_in_training_is_read_as_zero_whatever_it_is_later()
    {
        DatasetSplits data = OwnSequences.FromArrays([[20f, 20], [20, 20]], new[] { 0, 1 })
            .Split(OwnSequences.FromArrays([[2000f, -3e38f]], new[] { 0 }), validation: 0);
        using SequenceBatch batch = data.Test.Batch([0]);

        Assert.Equal([0, 0], batch.Inputs.data<float>().ToArray());
        Assert.Equal([0, 0], batch.Tokens.data<byte>().ToArray());
    }

    [Fact]
    public void Labels_that_are_null_are_none()
    {
        int[]? numbers = null;
        string[]? names = null;

        Assert.Equal([-1], OwnSequences.FromArrays([[1f]], numbers).Indices([]));
        Assert.Equal([-1], OwnSequences.FromArrays([[1f]], names).Indices([]));
    }

    [Fact]
    public void Classes_are_sorted_numbers_by_size_and_names_by_characters()
    {
        Assert.Equal(["-1", "2", "10"], Names(new[] { 10, 2, 10, -1 }));
        Assert.Equal(["2", "10", "B", "a"], Names(new[] { "a", "10", "B", "2" }));
        Assert.Equal([2, 1, 2, 0], OwnSequences.FromArrays([[1f], [2], [3], [4]], new[] { 10, 2, 10, -1 }).Indices(["-1", "2", "10"]));

        static IEnumerable<string> Names(SequenceLabels labels) => OwnSequences.FromArrays([[1f], [2], [3], [4]], labels).Split(0, 0).Train.ClassNames;
    }

    [Fact]
    public void Every_class_is_split_in_its_own_share() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Double[0, 0.5], Gen.Double[0, 0.49], Gen.Long).Sample((a, b, validation, test, seed) =>
        {
            string[] labels = [.. Enumerable.Repeat("a", a), .. Enumerable.Repeat("b", b)];
            float[][] sequences = [.. Enumerable.Range(0, a + b).Select(i => new[] { (float)i })];
            DatasetSplits data = OwnSequences.FromArrays(sequences, labels).Split(validation, test, seed);
            DatasetSplits again = OwnSequences.FromArrays(sequences, labels).Split(validation, test, seed);

            Assert.Equal(a + b, data.Train.Count + data.Validation.Count + data.Test.Count);
            foreach ((string name, int count) in new[] { ("a", a), ("b", b) })
            {
                int of(SequenceDataset part) => Enumerable.Range(0, part.Count).Count(i => part.ClassNames[part.Label(i)] == name);
                Assert.InRange(of(data.Train), 1, count);
                Assert.InRange(of(data.Test), Math.Min(count * test - 1, count - 1), count * test + 1);
                Assert.InRange(of(data.Validation), Math.Min(count * validation - 1, count - 1 - of(data.Test)), count * validation + 1);
            }

            // Its extremes, and no other part's, are what [0, 1] means.
            using SequenceBatch trained = data.Train.Batch([.. Enumerable.Range(0, data.Train.Count)]);
            Assert.Equal((0f, 1f), (trained.Inputs.min().ToSingle(), trained.Inputs.max().ToSingle()));

            int[] whole = [.. new[] { data.Train, data.Validation, data.Test }.SelectMany(Originals)];
            Assert.Equal(Enumerable.Range(0, a + b), whole.Order());
            Assert.Equal(whole, new[] { again.Train, again.Validation, again.Test }.SelectMany(Originals));
        }, iter: 100, threads: 1);

    [Fact]
    public void Another_seed_is_another_split()
    {
        var own = OwnSequences.FromArrays(Enumerable.Range(0, 100).Select(i => new[] { (float)i }).ToArray(), Enumerable.Range(0, 100).Select(i => i % 2).ToArray());

        Assert.NotEqual(Originals(own.Split(seed: 1).Test), Originals(own.Split(seed: 2).Test));
        Assert.Equal(20, own.Split(seed: 1).Test.Count);
        Assert.Equal(10, own.Split(seed: 1).Validation.Count);
    }

    [Fact]
    public void A_given_test_set_leaves_the_rest_to_training_and_validation()
    {
        var own = OwnSequences.FromArrays([[1f], [2], [3], [4]], new[] { 0, 1, 0, 1 });
        DatasetSplits data = own.Split(OwnSequences.FromArrays([[9f]], new[] { 1 }), validation: 0.5);

        Assert.Equal((2, 2, 1), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(1, data.Test.Label(0));
        Assert.Contains("1 given to test", data.Train.Format!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_are_not_scaled_and_their_levels_are_counted()
    {
        DatasetSplits data = OwnSequences.FromTokens([[0, 1, 4], [2, 3, 4]], new[] { "x", "y" }).Split(0, 0);
        using SequenceBatch batch = data.Train.Batch([1]);

        Assert.Equal(5, data.Train.Format!.Levels);
        Assert.Equal([2, 3, 4], batch.Tokens.data<byte>().ToArray());
        Assert.Equal([0.5f, 0.75f, 1], batch.Inputs.data<float>().ToArray());
        Assert.Equal(256, OwnSequences.FromTokens([[(byte)255], [0]], new[] { 0, 1 }).Split(0, 0).Train.Format!.Levels);
        Assert.Equal(9, OwnSequences.FromTokens([[0], [1]], new[] { 0, 1 }, levels: 9).Split(0, 0).Train.Format!.Levels);
    }

    [Fact]
    public void Characters_keep_their_levels_in_new_sequences()
    {
        DatasetSplits data = OwnSequences.FromTokens(["acgt", "tgca"], new[] { "forward", "backward" }).Split(0, 0);
        SequenceDataset others = data.Train.Format!.Apply(OwnSequences.FromTokens(["ttgg"]));
        using SequenceBatch batch = others.Batch([0]);

        Assert.Equal("acgt", data.Train.Format!.Alphabet);
        Assert.Equal([3, 3, 2, 2], batch.Tokens.data<byte>().ToArray());
        Assert.Equal([-1], batch.Labels.data<long>().ToArray());
    }

    [Fact]
    public void A_character_outside_of_the_basic_plane_is_one_token()
    {
        var own = OwnSequences.FromTokens(["𝄞a", "aa"], new[] { 0, 1 });

        Assert.Equal((2, "a𝄞"), (own.Steps, own.Alphabet));
        Assert.Equal([1], own.LevelsAt(0, 0).ToArray());
    }

    public static TheoryData<string, Func<object>> Refusals { get; } = new()
    {
        { "Channel 1 in step 2 of sequence 1 of arrays is NaN", () => OwnSequences.FromArrays([[[1f, 2], [1, 2], [1, 2]], [[1, 2], [1, 2], [1, float.NaN]]]) },
        { "Step 1 of sequence 0 of arrays is Infinity", () => OwnSequences.FromArrays([[1, 2 * double.MaxValue]]) },
        { "Step 0 of sequence 1 of arrays is -Infinity", () => OwnSequences.FromArrays(new[,] { { 1f }, { float.NegativeInfinity } }) },
        { "Sequence 2 has 1 steps, but sequence 0 has 2. If lengths differ in these data, say lengthsDiffer: true; otherwise mend the sequence.", () => OwnSequences.FromArrays([[1f, 2], [1, 2], [1]]) },
        { "Sequence 1 has 3 tokens, but sequence 0 has 2", () => OwnSequences.FromTokens([[0, 1], [0, 1, 2]]) },
        { "Sequence 1 has 1 characters, but sequence 0 has 2", () => OwnSequences.FromTokens(["ab", "a"]) },
        { "Step 1 of sequence 1 has 1 channels, but the first step has 2", () => OwnSequences.FromArrays([[[1f, 2], [1, 2]], [[1, 2], [1]]]) },
        { "Sequence 1 is null", () => OwnSequences.FromArrays([[1f], null!], lengthsDiffer: true) },
        { "Sequence 1 of arrays has no step", () => OwnSequences.FromArrays([[1f], []], lengthsDiffer: true) },
        { "Step 0 of sequence 2 of arrays is NaN", () => OwnSequences.FromArrays([[1f, 2, 3], [4], [float.NaN, 5]], lengthsDiffer: true) },
        { "Channel 1 in step 1 of sequence 1 of arrays is NaN", () => OwnSequences.FromArrays([[[1f, 2]], [[3, 4], [5, float.NaN], [6, 7]]], lengthsDiffer: true) },
        { "Step 1 of sequence 1 of arrays is the token 9", () => OwnSequences.FromTokens([[1, 2, 3], [4, 9]], levels: 9, lengthsDiffer: true) },
        { "Step 2 of sequence 1 of arrays is the character 'z'", () => TrainedOnLengths.Apply(OwnSequences.FromTokens(["ab", "aaz"], lengthsDiffer: true)) },
        { "arrays has sequences of 1 steps, but the network was trained on 2", () => Trained.Apply(OwnSequences.FromArrays([[1f, 2], [3]], lengthsDiffer: true)) },
        { "Sequence 1 is null", () => OwnSequences.FromTokens(["a", null!]) },
        { "arrays holds no sequence", () => OwnSequences.FromArrays(Array.Empty<float[]>()) },
        { "arrays holds no step", () => OwnSequences.FromArrays(new[] { Array.Empty<float>() }) },
        { "arrays holds no channel: its shape is [2, 3, 0]", () => OwnSequences.FromArrays(new float[2, 3, 0]) },
        { "The label of sequence 1 of arrays is empty", () => OwnSequences.FromArrays([[1f], [2]], new[] { "a", " " }) },
        { "The label of sequence 0 of arrays is empty", () => OwnSequences.FromArrays([[1f], [2]], new[] { null!, "a" }) },
        { "There are 3 labels for the 2 sequences of arrays", () => OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1, 1 }) },
        { "one class only, 'a'", () => OwnSequences.FromArrays([[1f], [2]], new[] { "a", "a" }).Split() },
        { "arrays has no labels", () => OwnSequences.FromArrays([[1f], [2]]).Split() },
        { "arrays has no labels", () => OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1 }).Split(OwnSequences.FromArrays([[1f]])) },
        { "Sequence 0 of arrays has the class '2', which the training part does not have. Its classes are 0, 1.", () => OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1 }).Split(OwnSequences.FromArrays([[1f]], new[] { 2 }), 0) },
        { "a test fraction of 0.6 are not possible", () => OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1 }).Split(0.5, 0.6) },
        { "A validation fraction of NaN", () => OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1 }).Split(double.NaN) },
        { "Channel 0 of arrays reaches from -1E+308 to 1E+308", () => OwnSequences.FromArrays([[-1e308], [1e308]], new[] { 0, 1 }).Split(0, 0) },
        {
            "Channel 1 in step 0 of sequence 0 of arrays is 20, but the training part's channel 1 reaches only from 0 to 1E-45 (arrays): scaled by that it is no finite number",
            () => OwnSequences.FromArrays([[[1.0, 0]], [[2, 1e-45]]], new[] { 0, 1 }).Split(OwnSequences.FromArrays([[[1.0, 20]]], new[] { 0 }), 0)
        },
        { "-5 levels are not possible: choose 2 to 256", () => OwnSequences.FromTokens([[0, 1]], levels: -5) },
        { "Step 1 of sequence 0 of arrays is the token -1, but tokens are 0 … 255", () => OwnSequences.FromTokens([[0, -1]]) },
        { "is the token 2147483647", () => OwnSequences.FromTokens([[0, long.MaxValue]]) },
        { "is the token 4, but tokens are 0 … 3", () => OwnSequences.FromTokens([[0, 4]], levels: 4) },
        { "257 levels are not possible", () => OwnSequences.FromTokens([[0, 4]], levels: 257) },
        { "300 different characters", () => OwnSequences.FromTokens([string.Concat(Enumerable.Range(0x4e00, 300).Select(code => (char)code))]) },
        { "arrays has 2 channels a step, but the network was trained on 1", () => Trained.Apply(OwnSequences.FromArrays(new float[1, 2, 2])) },
        { "arrays has sequences of 3 steps, but the network was trained on 2", () => Trained.Apply(OwnSequences.FromArrays(new float[1, 3])) },
        { "arrays holds tokens, but the network was trained on real values", () => Trained.Apply(OwnSequences.FromTokens([[0, 1]])) },
        { "arrays holds real values, but the network was trained on tokens", () => TrainedOnText.Apply(OwnSequences.FromArrays(new float[1, 2])) },
        { "arrays holds numbers, but the network was trained on characters", () => TrainedOnText.Apply(OwnSequences.FromTokens([[0, 1]])) },
        { "Step 1 of sequence 0 of arrays is the character 'z', but the network was trained on the characters ab", () => TrainedOnText.Apply(OwnSequences.FromTokens(["az"])) },
        { "Step 0 of sequence 0 of arrays is the token 3, but the network was trained on levels 0 … 1", () => TrainedOnTokens.Apply(OwnSequences.FromTokens([[3, 0]])) },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void What_cannot_work_is_refused_with_a_sentence(string sentence, Func<object> act)
    {
        string message = Assert.Throws<UserException>(act).Message;

        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    private static SequenceFormat Trained => OwnSequences.FromArrays([[1f, 2], [3, 4]], new[] { 0, 1 }).Split(0, 0).Train.Format!;

    private static SequenceFormat TrainedOnText => OwnSequences.FromTokens(["ab", "ba"], new[] { 0, 1 }).Split(0, 0).Train.Format!;

    private static SequenceFormat TrainedOnLengths =>
        OwnSequences.FromTokens(["ab", "b"], new[] { 0, 1 }, lengthsDiffer: true).Split(0, 0).Train.Format!;

    private static SequenceFormat TrainedOnTokens => OwnSequences.FromTokens([[0, 1], [1, 0]], new[] { 0, 1 }).Split(0, 0).Train.Format!;

    private static IEnumerable<(int, int, int)> Places(int count, int steps, int features) =>
        from i in Enumerable.Range(0, count) from t in Enumerable.Range(0, steps) from f in Enumerable.Range(0, features) select (i, t, f);

    /// <summary>Which sequences a part holds, where sequence i is the number i.</summary>
    private static IEnumerable<int> Originals(SequenceDataset part)
    {
        if (part.Count == 0)
        {
            return [];
        }

        using SequenceBatch batch = part.Batch([.. Enumerable.Range(0, part.Count)]);
        (double low, double high) = (part.Format!.Minimum![0], part.Format.Maximum![0]);
        return [.. batch.Inputs.data<float>().ToArray().Select(x => (int)Math.Round(low + x * (high > low ? high - low : 1)))];
    }
}
