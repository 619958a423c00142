using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>Texts in memory as levels, one byte a character, read one character a step.</summary>
public sealed class TextSequences : SequenceDataset
{
    private const int BlockBytes = 1 << 22;

    private readonly CharacterLevels _vocabulary;
    private readonly List<Text> _texts;
    private readonly int _longest;

    private TextSequences(CharacterLevels vocabulary, List<Text> texts, int classes)
    {
        (_vocabulary, _texts, Classes) = (vocabulary, texts, classes);
        _longest = texts.Count == 0 ? 0 : texts.Max(text => text.Length);
    }

    /// <inheritdoc/>
    public override int Count => _texts.Count;

    /// <inheritdoc/>
    public override int Steps => Math.Max(1, _longest);

    /// <inheritdoc/>
    public override int Features => 1;

    /// <inheritdoc/>
    public override int Levels => _vocabulary.Count;

    /// <inheritdoc/>
    public override bool HasSymbols => true;

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override int Length(int index) => _texts[index].Length;

    /// <inheritdoc/>
    public override int Label(int index) => _texts[index].Label;

    /// <summary>A text as the network reads it; a character outside of the vocabulary is shown as U+FFFD.</summary>
    /// <param name="index">Which one.</param>
    public string Read(int index) => _vocabulary.Decode(_texts[index].Levels);

    /// <inheritdoc/>
    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        int steps = 1;
        foreach (int index in indices)
        {
            steps = Math.Max(steps, _texts[index].Length);
        }

        byte[] rows = new byte[steps * indices.Length];
        long[] labels = new long[indices.Length];
        long[] lengths = new long[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            Text text = _texts[indices[b]];
            (labels[b], lengths[b]) = (text.Label, text.Length);
            ReadOnlySpan<byte> levels = text.Levels;
            for (int t = 0; t < levels.Length; t++)
            {
                rows[t * indices.Length + b] = levels[t];
            }
        }

        using var scope = NewDisposeScope();
        Tensor tokens = tensor(rows, dtype: ScalarType.Byte).reshape(steps, indices.Length, 1); // [T, B, 1]
        Tensor inputs = tokens.to(ScalarType.Float32).Over(Levels - 1); // [T, B, 1]
        var batch = new SequenceBatch(inputs, tokens, tensor(labels), tensor(lengths));
        scope.MoveToOuter(batch.Tensors);
        return batch;
    }

    /// <summary>Where a text's levels lie: many texts share a block of memory.</summary>
    private readonly record struct Text(byte[] Block, int Start, int Length, byte Label)
    {
        public ReadOnlySpan<byte> Levels => Block.AsSpan(Start, Length);
    }

    /// <summary>Collects texts, one byte a character: half a million of them never exist as strings.</summary>
    /// <param name="options">How a text becomes a sequence.</param>
    internal sealed class Builder(TextOptions options)
    {
        private readonly CharacterLevels _vocabulary = new(options.Vocabulary);
        private readonly int _longest = options.MaxLength ?? int.MaxValue;
        private readonly List<Text> _texts = [];
        private readonly List<byte> _levels = [];
        private byte[] _block = [];
        private int _used;

        /// <summary>Adds a text.</summary>
        /// <param name="title">What comes first, valid UTF-8; may be empty.</param>
        /// <param name="body">What follows, valid UTF-8; may be empty.</param>
        /// <param name="label">The class.</param>
        public void Add(ReadOnlySpan<byte> title, ReadOnlySpan<byte> body, int label)
        {
            _levels.Clear();
            if (!options.AbstractOnly)
            {
                _vocabulary.Append(title, _levels, _longest);
                if (!title.IsEmpty && !body.IsEmpty)
                {
                    _vocabulary.Append("\n"u8, _levels, _longest);
                }
            }

            _vocabulary.Append(body, _levels, _longest);
            if (_levels.Count > _block.Length - _used)
            {
                (_block, _used) = (new byte[Math.Max(BlockBytes, _levels.Count)], 0);
            }

            _levels.CopyTo(_block, _used);
            _texts.Add(new Text(_block, _used, _levels.Count, (byte)label));
            _used += _levels.Count;
        }

        /// <summary>All of them.</summary>
        /// <param name="classes">The number of classes C.</param>
        public TextSequences Build(int classes) => new(_vocabulary, _texts, classes);
    }
}
