using System.Text;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>A vocabulary at work: text into levels, one byte a step, and back.</summary>
internal sealed class CharacterLevels
{
    private const byte Other = 0;
    private const char OtherShown = '\uFFFD';
    private const string Alphabet = "\n abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+=<>()[]{}";

    private readonly bool _isBytes;
    private readonly byte[] _ofAscii = new byte[128];

    public CharacterLevels(TextVocabulary vocabulary)
    {
        _isBytes = vocabulary == TextVocabulary.Bytes;
        for (int i = 0; i < Alphabet.Length; i++)
        {
            _ofAscii[Alphabet[i]] = _ofAscii[char.ToUpperInvariant(Alphabet[i])] = (byte)(i + 1);
        }
    }

    /// <summary>The number of levels.</summary>
    public int Count => _isBytes ? 256 : Alphabet.Length + 1;

    /// <summary>Appends the levels of a text.</summary>
    /// <param name="utf8">The text, valid UTF-8.</param>
    /// <param name="levels">What they are appended to.</param>
    /// <param name="longest">The levels it may have in all; what is more is left out.</param>
    public void Append(ReadOnlySpan<byte> utf8, List<byte> levels, int longest)
    {
        foreach (byte one in utf8)
        {
            // A character beyond ASCII is a byte of 11xxxxxx, which counts, and some of 10xxxxxx, which do not.
            bool counts = _isBytes || (one & 0b1100_0000) != 0b1000_0000;
            if (counts && levels.Count >= longest)
            {
                return;
            }

            if (counts)
            {
                levels.Add(_isBytes ? one : one < _ofAscii.Length ? _ofAscii[one] : Other);
            }
        }
    }

    /// <summary>The text that levels stand for, as far as they tell.</summary>
    /// <param name="levels">The levels.</param>
    public string Decode(ReadOnlySpan<byte> levels)
    {
        if (_isBytes)
        {
            return Encoding.UTF8.GetString(levels);
        }

        var text = new StringBuilder(levels.Length);
        foreach (byte level in levels)
        {
            text.Append(level == Other ? OtherShown : Alphabet[level - 1]);
        }

        return text.ToString();
    }
}
