using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

public sealed class ImageSequencesTests
{
    // Two images of 2×2 RGB pixels: level = 100·image + 10·pixel + channel.
    private static readonly ByteImages Images = new(
        [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 100, 101, 102, 110, 111, 112, 120, 121, 122, 130, 131, 132],
        [4, 7], Side: 2, Channels: 3, Classes: 10);

    [Fact]
    public void A_batch_is_time_major_with_pixels_row_by_row_in_the_order_asked_for()
    {
        ImageSequences sequences = ImageSequences.From(Images, new ImageSequenceOptions());

        using SequenceBatch batch = sequences.Batch([1, 0, 1]);

        Assert.Equal((2, 4, 3, 10), (sequences.Count, sequences.Steps, sequences.Features, sequences.Classes));
        Assert.Equal([4, 3, 3], batch.Tokens.shape);
        Assert.Equal([4, 3, 3], batch.Inputs.shape);
        Assert.Equal((4, 3), (batch.Steps, batch.Size));
        Assert.Equal(ScalarType.Byte, batch.Tokens.dtype);
        Assert.Equal([7, 4, 7], batch.Labels.data<long>().ToArray());
        Assert.Equal([4, 4, 4], batch.Lengths.data<long>().ToArray());
        int[] image = [1, 0, 1];
        AssertTokens(batch, (t, b, f) => 100 * image[b] + 10 * t + f);
    }

    [Fact]
    public void Inputs_are_the_tokens_scaled_to_one()
    {
        using SequenceBatch batch = ImageSequences.From(Images, new ImageSequenceOptions()).Batch([0, 1]);

        float[] inputs = batch.Inputs.data<float>().ToArray();
        Assert.Equal(batch.Tokens.data<byte>().ToArray().Select(token => token / 255f), inputs);
    }

    [Fact]
    public void A_batch_belongs_to_the_scope_of_its_caller()
    {
        ImageSequences sequences = ImageSequences.From(Images, new ImageSequenceOptions());
        SequenceBatch batch;
        using (NewDisposeScope())
        {
            batch = sequences.Batch([0]);
            Assert.Equal(4, batch.Labels.item<long>());
            Assert.Equal(4, batch.Lengths.item<long>());
            Assert.Equal(12, batch.Inputs.numel());
            Assert.Equal(12, batch.Tokens.numel());
        }

        Assert.True(batch.Inputs.IsInvalid && batch.Tokens.IsInvalid && batch.Labels.IsInvalid && batch.Lengths.IsInvalid);
    }

    [Fact]
    public void A_batch_made_outside_a_scope_lives_until_it_is_disposed()
    {
        SequenceBatch batch = ImageSequences.From(Images, new ImageSequenceOptions()).Batch([0]);
        Assert.Equal(12, batch.Inputs.numel());
        batch.Dispose();
        Assert.True(batch.Inputs.IsInvalid && batch.Tokens.IsInvalid && batch.Labels.IsInvalid && batch.Lengths.IsInvalid);
    }

    [Fact]
    public void Silence_is_black_steps_after_the_last_pixel()
    {
        ImageSequences sequences = ImageSequences.From(Images, new ImageSequenceOptions { Silence = 3 });

        using SequenceBatch batch = sequences.Batch([0, 1]);

        Assert.Equal(7, sequences.Steps);
        Assert.Equal([7, 7], batch.Lengths.data<long>().ToArray());
        AssertTokens(batch, (t, b, f) => t < 4 ? 100 * b + 10 * t + f : 0);
    }

    [Fact]
    public void Permuted_pixels_come_in_the_fixed_order_and_before_the_silence()
    {
        int[] order = PixelPermutation.For(4);

        using SequenceBatch batch = ImageSequences
            .From(Images, new ImageSequenceOptions { Order = order, Silence = 1 }).Batch([0, 1]);

        Assert.NotEqual([0, 1, 2, 3], order);
        AssertTokens(batch, (t, b, f) => t < 4 ? 100 * b + 10 * order[t] + f : 0);
    }

    [Fact]
    public void A_smaller_side_is_pooled_before_it_is_permuted()
    {
        using SequenceBatch batch = ImageSequences
            .From(AveragePooling.Resize(Images, 1), new ImageSequenceOptions { Order = PixelPermutation.For(1) }).Batch([0, 1]);

        AssertTokens(batch, (t, b, f) => 100 * b + 15 + f);
    }

    [Fact]
    public void A_negative_silence_is_refused() =>
        Assert.Contains("Silence", Assert.Throws<UserException>(
            () => ImageSequences.From(Images, new ImageSequenceOptions { Silence = -1 })).Message);

    [Fact]
    public void Views_of_some_sequences_keep_their_order_and_labels()
    {
        SequenceDataset view = ImageSequences.From(Images, new ImageSequenceOptions()).Subset([1, 0, 1]);

        using SequenceBatch batch = view.Batch([2, 1]);

        Assert.Equal((3, 4, 3, 10), (view.Count, view.Steps, view.Features, view.Classes));
        Assert.Equal([7, 4, 7], Enumerable.Range(0, 3).Select(view.Label));
        Assert.Equal([7, 4], batch.Labels.data<long>().ToArray());
        Assert.Equal([100, 0], [(int)batch.Tokens[0, 0, 0].item<byte>(), batch.Tokens[0, 1, 0].item<byte>()]);
        Assert.Equal([7, 4], Enumerable.Range(0, 2).Select(view.Take(2).Label));
        Assert.Same(view, view.Take(3));
        Assert.Same(view, view.Take(null));
    }

    private static void AssertTokens(SequenceBatch batch, Func<int, int, int, int> expected)
    {
        byte[] tokens = batch.Tokens.data<byte>().ToArray();
        int size = batch.Size;
        int features = (int)batch.Tokens.shape[2];
        Assert.Equal(batch.Steps * size * features, tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            Assert.Equal(expected(i / features / size, i / features % size, i % features), tokens[i]);
        }
    }
}
